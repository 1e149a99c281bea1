// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong around Waybill gives one clear error, loses nothing, and is over by itself when its cause is gone. Agents are those beside the connections. */
class BadInputStoryTest {

    private static final String ITEMS = "SELECT COALESCE(LISTAGG(id || '=' || name, ' ') WITHIN GROUP (ORDER BY id), '') FROM item";
    private static final String PUT_ASIDE = "SELECT LISTAGG(name || ': ' || reason, ' | ') FROM waybill.quarantine";

    @TempDir
    private Path directory;
    private Path messages;
    private Warnings warnings;
    private Connection hq;
    private Connection branch;

    @BeforeEach
    void listen() throws IOException {
        warnings = new Warnings();
        messages = Files.createDirectories(directory.resolve("messages"));
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : new Connection[] {hq, branch}) {
            if (connection != null) {
                connection.close();
            }
        }
        warnings.close();
    }

    // ---- the front door ----

    @Test
    void unknownUrlIsRefusedWithWhatToDo() {
        SQLException unknown = refused("jdbc:waybill:h3:" + directory.resolve("x"));
        assertThat(unknown.getSQLState()).isEqualTo("08001");
        assertThat(unknown.getMessage()).contains("No JDBC driver accepts the URL \"jdbc:h3:", "No connection was made", "correct the URL");
        assertThat(refused("jdbc:waybill:waybill:h2:mem:x").getMessage()).contains("twice", "Write it once");
        assertThat(directory.toFile().list()).containsExactly("messages");
    }

    @Test
    void missingRealDriverIsNamedAndMayComeLater() throws SQLException {
        assertThat(refused("jdbc:waybill:oracle:thin:waybill/secret@localhost:1521:orders").getMessage()).contains("com.oracle.database.jdbc:ojdbc11", "No connection was made").doesNotContain("secret");
        String url = "jdbc:waybill:later:" + directory.resolve("later");
        assertThat(refused(url).getMessage()).contains("jdbc:later:");
        Driver late = new LateDriver();
        DriverManager.registerDriver(late);
        try (Connection connection = DriverManager.getConnection(url)) {
            assertThat(HeadOfficeAndBranch.text(connection, "SELECT 'here'")).isEqualTo("here");
        } finally {
            DriverManager.deregisterDriver(late);
        }
    }

    private static SQLException refused(String url) {
        return catchThrowableOfType(SQLException.class, () -> DriverManager.getConnection(url).close());
    }

    // ---- publications ----

    @Test
    void tableThatCannotBePublishedIsRefusedAndNothingIsDone() throws SQLException {
        hq = connect("hq");
        say(hq, "CREATE TABLE loose (id INT, name VARCHAR(50))", "CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(50))", "GRANT PUBLISH TO hq");
        assertRefused("CREATE PUBLICATION stock (TABLE loose)", "LOOSE", "neither a primary key nor a unique constraint", "Add a primary key");
        assertRefused("CREATE PUBLICATION stock (TABLE nowhere)", "There is no table PUBLIC.NOWHERE", "Nothing was done", "Correct the name");
        assertRefused("CREATE PUBLICATION stock (TABLE item (id, colour))", "There is no column COLOUR in table", "ID, NAME", "Correct the name");
        assertThat(HeadOfficeAndBranch.number(hq, "SELECT COUNT(*) FROM waybill.publication")).isZero();
        say(hq, "INSERT INTO loose VALUES (1, 'one')", "ALTER TABLE loose ALTER COLUMN id SET NOT NULL", "ALTER TABLE loose ADD PRIMARY KEY (id)", "CREATE PUBLICATION stock (TABLE loose)", "INSERT INTO loose VALUES (2, 'two')");
        assertThat(warnings.texts()).isEmpty();
    }

    private void assertRefused(String statement, String... texts) {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> say(hq, statement));
        assertThat(refused.getMessage()).as(statement).contains(texts).contains("Nothing was done");
    }

    // ---- what comes by the link ----

    @Test
    void garbageInTheInboxIsPutAsideWithItsReason() throws Exception {
        exchange();
        putIntoInbox("garbage.bin", "by no means a message".repeat(100).getBytes(StandardCharsets.UTF_8));
        awaitTrue(() -> assertThat(text(branch, PUT_ASIDE)).startsWith("garbage.bin: "));
        awaitTrue(() -> assertThat(messages.resolve("branch/quarantine/garbage.bin")).hasSize(2100)); // it is written down first, then moved
        assertOneWarning("garbage.bin", "no message", "quarantine", "Nothing of it was applied");
        insert(2);
        awaitEqual();
        assertThat(warnings.texts()).hasSize(1);
    }

    @Test
    void truncatedMessageIsPutAsideAndSentAgain() throws Exception {
        exchange();
        branch.close();
        awaitNoAgent("branch");
        insert(2);
        awaitSent();
        for (Path message : files("branch")) {
            Files.write(message, Arrays.copyOf(Files.readAllBytes(message), (int) Files.size(message) - 40));
        }
        branch = connect("branch");
        insert(3);
        awaitEqual();
        assertThat(HeadOfficeAndBranch.number(hq, "SELECT resend_count FROM waybill.remote_user")).isPositive();
        assertThat(files("branch/quarantine")).isNotEmpty();
        assertThat(warnings.texts()).isNotEmpty().allMatch(text -> text.contains("quarantine") && text.contains("asked for again"));
        assertThat((long) warnings.texts().size()).isEqualTo(HeadOfficeAndBranch.number(branch, "SELECT COUNT(*) FROM waybill.quarantine"));
    }

    @Test
    void messageOfAnotherDatabaseIsPutAside() throws Exception {
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        try (Connection other = connect("other")) {
            setUpHq(other, elsewhere);
            awaitTrue(() -> assertThat(elsewhere.resolve("branch")).isNotEmptyDirectory());
        }
        exchange();
        try (var files = Files.list(elsewhere.resolve("branch"))) {
            putIntoInbox("foreign.msg", Files.readAllBytes(files.filter(Files::isRegularFile).findFirst().orElseThrow()));
        }
        awaitTrue(() -> assertThat(text(branch, PUT_ASIDE)).startsWith("foreign.msg: "));
        assertOneWarning("foreign.msg", "incarnation", "quarantine");
        insert(2);
        awaitEqual();
        assertThat(warnings.texts()).hasSize(1);
    }

    @Test
    void replicaTableWithAMissingColumnHaltsOnceAndGoesOn() throws Exception {
        exchange();
        say(branch, "ALTER TABLE item DROP COLUMN name");
        insert(2);
        awaitTrue(() -> assertThat(text(branch, "SELECT receive_state FROM waybill.remote_user")).isEqualTo("HALTED"));
        insert(3);
        awaitSent();
        assertOneWarning("hq HALTED", "NAME", "ITEM", "Nothing of it was applied", "ADD COLUMN");
        assertThat(text(branch, "SELECT receive_reason FROM waybill.remote_user")).contains("ADD COLUMN");
        say(branch, "ALTER TABLE item ADD COLUMN name VARCHAR(50) DEFAULT 'item 1'");
        awaitEqual();
        awaitTrue(() -> assertThat(text(branch, "SELECT receive_state FROM waybill.remote_user")).isEqualTo("ACTIVE"));
        assertThat(warnings.texts()).hasSize(1);
    }

    // ---- the folder ----

    @Test
    void fullFileSystemIsSaidOnceAndNothingIsLost() throws Exception {
        exchange();
        Path mailbox = messages.resolve("branch");
        try (SmallFileSystem small = SmallFileSystem.mount(mailbox)) {
            small.fill();
            awaitTrue(() -> assertThat(files("branch")).isEmpty());
            small.fill(); // what was on its way when it became full has left room
            insert(2);
            awaitTrue(() -> assertThat(text(hq, "SELECT state FROM waybill.remote_user")).isEqualTo("LINK_DOWN"));
            insert(3);
            awaitTrue(() -> assertThat(HeadOfficeAndBranch.number(hq, "SELECT COUNT(*) FROM waybill.outbox")).isZero());
            assertOneWarning("branch LINK_DOWN", mailbox.toString(), "No space left", "will be sent again");
            small.empty();
            awaitEqual();
            awaitTrue(() -> assertThat(text(hq, "SELECT state FROM waybill.remote_user")).isEqualTo("ACTIVE"));
            assertThat(warnings.texts()).hasSize(1);
        }
    }

    @Test
    void fileInTheFoldersPlaceIsSaidOnceByEachSideAndNothingIsLost() throws Exception {
        exchange();
        Path mailbox = messages.resolve("branch");
        awaitTrue(() -> assertThat(files("branch")).isEmpty());
        takeThePlaceOf(mailbox);
        insert(2);
        awaitTrue(() -> assertThat(text(hq, "SELECT state FROM waybill.remote_user")).isEqualTo("LINK_DOWN"));
        insert(3);
        awaitTrue(() -> assertThat(warnings.texts()).hasSize(2));
        assertThat(warnings.texts()).allMatch(text -> text.contains("LINK_DOWN") && text.contains(mailbox.toString()) && text.contains("no folder stands in its place") && text.contains("Nothing was lost") && text.contains("Make the folder"))
                .anyMatch(text -> text.contains("branch LINK_DOWN")).anyMatch(text -> text.contains("link FILE LINK_DOWN"));
        Files.delete(mailbox);
        awaitEqual();
        assertThat(warnings.texts()).hasSize(2);
    }

    /** Agents make the folder anew as soon as they miss it, so it is tried until they were not quicker. */
    private void takeThePlaceOf(Path mailbox) throws IOException {
        int tries = 0;
        do {
            Files.move(mailbox, directory.resolve("away" + tries++));
        } while (!isMade(mailbox));
    }

    private static boolean isMade(Path file) throws IOException {
        try {
            Files.writeString(file, "in the way", StandardOpenOption.CREATE_NEW);
            return true;
        } catch (FileAlreadyExistsException quicker) {
            return false;
        }
    }

    // ---- rights ----

    @Test
    void agentWithTooFewRightsSaysSoOnceAndWorksWhenItHasThem() throws Exception {
        exchange();
        say(hq, "CREATE USER clerk PASSWORD 'c'", "GRANT ALL ON SCHEMA waybill TO clerk", "GRANT ALL ON SCHEMA public TO clerk");
        hq.close();
        Properties clerk = settings();
        clerk.setProperty("user", "clerk");
        clerk.setProperty("password", "c");
        hq = DriverManager.getConnection(url("hq"), clerk);
        insert(2);
        assertOneWarning("CLERK has too few rights", "what is committed is kept", "ALTER USER \"CLERK\" ADMIN TRUE", "tries again by itself");
        try (Connection administrator = DriverManager.getConnection("jdbc:h2:" + directory.resolve("hq"))) {
            say(administrator, "ALTER USER clerk ADMIN TRUE");
        }
        awaitEqual();
        assertThat(warnings.texts()).hasSize(1);
    }

    // ---- what all begin with ----

    /** Both ends work and one row has come over. */
    private void exchange() throws Exception {
        hq = connect("hq");
        setUpHq(hq, messages);
        insert(1);
        branch = connect("branch");
        say(branch, "GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", "SET REMOTE FILE OPTION directory = '" + messages + "'",
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
        awaitEqual();
    }

    private static void setUpHq(Connection connection, Path folder) throws SQLException {
        say(connection, "CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(50))", "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'",
                "SET REMOTE FILE OPTION directory = '" + folder + "'", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION stock (TABLE item)",
                "CREATE SUBSCRIPTION TO stock FOR branch", "SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), settings());
    }

    private String url(String database) {
        return "jdbc:waybill:h2:" + directory.resolve(database);
    }

    private static Properties settings() {
        Properties settings = new Properties();
        settings.setProperty("waybill.agent", "auto");
        settings.setProperty("waybill.poll", "50ms");
        settings.setProperty("waybill.patience", "300ms");
        return settings;
    }

    private void insert(int id) throws SQLException {
        say(hq, "INSERT INTO item VALUES (" + id + ", 'item " + id + "')");
    }

    private static void say(Connection connection, String... statements) throws SQLException {
        HeadOfficeAndBranch.execute(connection, statements);
    }

    private static String text(Connection connection, String query) throws SQLException {
        return HeadOfficeAndBranch.text(connection, query);
    }

    /** Whole at once, as a link does it. */
    private void putIntoInbox(String name, byte[] content) throws IOException {
        Path unfinished = Files.write(messages.resolve("branch/." + name), content);
        Files.move(unfinished, messages.resolve("branch").resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private List<Path> files(String folder) throws IOException {
        try (var files = Files.list(messages.resolve(folder))) {
            return files.filter(Files::isRegularFile).filter(file -> !file.getFileName().toString().startsWith(".")).toList();
        }
    }

    private void awaitEqual() {
        awaitTrue(() -> assertThat(isReplicated() ? text(branch, ITEMS) : "no table").isEqualTo(text(hq, ITEMS)));
    }

    private boolean isReplicated() throws SQLException {
        return HeadOfficeAndBranch.number(branch, "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'ITEM'") == 1;
    }

    /** All that is committed at HQ has been sent. */
    private void awaitSent() {
        awaitTrue(() -> assertThat(text(hq, "SELECT u.log_sent = h.log_offset AND NOT EXISTS (SELECT * FROM waybill.outbox) FROM waybill.remote_user u, waybill.journal_head h")).isEqualTo("TRUE"));
    }

    /** Closing the last connection waits for the agent, but not for long. */
    private void awaitNoAgent(String database) {
        String file = directory.resolve(database).toString();
        awaitTrue(() -> assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("dev.waybill:type=Agent,*"), null)).noneMatch(name -> name.getKeyProperty("database").contains(file)));
    }

    private static void awaitTrue(ThrowingRunnable assertion) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
    }

    private void assertOneWarning(String... texts) {
        awaitTrue(() -> assertThat(warnings.texts()).isNotEmpty());
        assertThat(warnings.texts()).hasSize(1);
        assertThat(warnings.texts().get(0)).contains(texts);
    }

    /** A driver that was not there when it was first asked for. */
    private static final class LateDriver implements Driver {
        private final Driver h2 = new org.h2.Driver();

        private static String real(String url) {
            return url.replaceFirst("^jdbc:later:", "jdbc:h2:");
        }

        @Override
        public Connection connect(String url, Properties info) throws SQLException {
            return acceptsURL(url) ? h2.connect(real(url), info) : null;
        }

        @Override
        public boolean acceptsURL(String url) {
            return url.startsWith("jdbc:later:");
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }
    }

    /** A file system of its own with little space; skips the test where none can be mounted. */
    private record SmallFileSystem(Path place) implements AutoCloseable {

        private static final int BYTES = 256 * 1024;

        static SmallFileSystem mount(Path place) {
            Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=" + BYTES, "waybill-test", place.toString()), "a file system can be mounted here");
            return new SmallFileSystem(place);
        }

        /** Not a byte more fits; until somebody deletes something, but for that it can be said again. */
        void fill() throws IOException {
            try (var out = Files.newOutputStream(place.resolve(".ballast"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                byte[] block = new byte[4096];
                for (int written = 0; written <= BYTES; written += block.length) {
                    out.write(block);
                }
                throw new AssertionError("it did not become full");
            } catch (IOException full) {
                assertThat(full).hasMessageContaining("space");
            }
        }

        void empty() throws IOException {
            Files.delete(place.resolve(".ballast"));
        }

        private static boolean run(String... command) {
            try {
                Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
                return process.waitFor(120, TimeUnit.SECONDS) && process.exitValue() == 0;
            } catch (IOException noSuchProgram) {
                return false;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public void close() {
            if (!run("umount", place.toString())) {
                run("umount", "-l", place.toString());
            }
        }
    }
}
