// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.extraction.Extraction;
import dev.waybill.extraction.ExtractionHandler;
import dev.waybill.extraction.Place;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Extractions on H2, with somebody who writes at the head office at each of their steps. */
class ExtractionTest {

    private static final String CLERKS = "SELECT id || ' ' || name || ' ' || COALESCE(boss, 0) FROM clerk ORDER BY id";
    private static final String SALES = "SELECT id || ' ' || clerk || ' ' || amount FROM sale ORDER BY id";

    @TempDir
    private Path directory;

    private final List<Connection> held = new ArrayList<>();
    private Database hq;
    private Connection writer;
    private int sales;

    @BeforeEach
    void setUp() throws SQLException {
        hq = database("hq");
        hq.bare("CREATE TABLE clerk (id INT PRIMARY KEY, name VARCHAR(50) DEFAULT 'nobody', boss INT REFERENCES clerk)", "CREATE TABLE sale (id INT PRIMARY KEY, clerk INT NOT NULL REFERENCES clerk, amount DECIMAL(12, 2))",
                "INSERT INTO clerk VALUES (3, 'Cy', NULL), (1, 'Ada', 3), (2, 'Ben', 1)", "CREATE VIEW rich AS SELECT * FROM sale WHERE amount > 100", "CREATE INDEX by_amount ON sale (amount)");
        hq.say("GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + directory.resolve("messages") + "'",
                "CREATE PUBLICATION shop (TABLE clerk, TABLE sale)");
        remote("shop1");
        Properties off = new Properties();
        off.setProperty("waybill.agent", "off");
        writer = DriverManager.getConnection(hq.url().replace("jdbc:", "jdbc:waybill:"), off);
        held.add(writer);
        for (int i = 0; i < 20; i++) {
            sell();
        }
    }

    private void remote(String name) {
        hq.say("GRANT REMOTE TO " + name + " TYPE FILE ADDRESS '" + name + "'", "CREATE SUBSCRIPTION TO shop FOR " + name);
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : held) {
            connection.close();
        }
    }

    /** In memory, and there until the test ends. */
    private Database database(String name) throws SQLException {
        Database made = new Database("jdbc:h2:mem:" + directory.getFileName() + "-" + name);
        held.add(DriverManager.getConnection(made.url()));
        return made;
    }

    /** One transaction that touches both tables. */
    private void sell() throws SQLException {
        sales++;
        writer.setAutoCommit(false);
        try (Statement statement = writer.createStatement()) {
            statement.executeUpdate("INSERT INTO sale VALUES (" + sales + ", " + (1 + sales % 3) + ", " + sales + ".50)");
            statement.executeUpdate("UPDATE clerk SET name = 'Ada " + sales + "' WHERE id = 1");
            if (sales % 4 == 0) {
                statement.executeUpdate("DELETE FROM sale WHERE id = " + (sales - 2));
            }
        }
        writer.commit();
    }

    /** Sells at every step; at one of them it dies. */
    private final class Busy implements ExtractionHandler {

        private final int deadAt;
        private final List<String> said = new ArrayList<>();
        private int steps;

        private Busy(int deadAt) {
            this.deadAt = deadAt;
        }

        @Override
        public void said(String sentence) {
            said.add(sentence);
            step();
        }

        @Override
        public void went(String what, int done, int all, long rows) {
            said.add(what + " " + done + "/" + all);
            step();
        }

        private void step() {
            try {
                sell();
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
            if (++steps == deadAt) {
                throw new Death();
            }
        }
    }

    /** As a kill: nothing catches it. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1;
    }

    private Busy extract(int deadAt, boolean again, Map<String, Database> remotes) throws SQLException, IOException {
        Busy busy = new Busy(deadAt);
        Map<String, Place> places = new LinkedHashMap<>();
        for (Map.Entry<String, Database> remote : remotes.entrySet()) {
            places.put(remote.getKey(), place(remote.getValue()));
        }
        new Extraction(meddledHeadOffice(), directory.resolve("spool"), new Extraction.Choices(Map.of(), true, again, 2, false), Runnable::run, InstantSource.system(), busy).run(places);
        return busy;
    }

    /** The head office, where somebody sells between the beginning of the snapshot and what is done next with another connection. */
    private Place meddledHeadOffice() throws SQLException {
        boolean[] begun = new boolean[1];
        return Place.of(() -> {
            Connection real = DriverManager.getConnection(hq.url());
            boolean[] isSnapshot = new boolean[1];
            return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                isSnapshot[0] |= method.getName().equals("setTransactionIsolation") && !arguments[0].equals(Connection.TRANSACTION_READ_COMMITTED);
                boolean isStatement = method.getName().equals("prepareStatement");
                if (isStatement && !isSnapshot[0] && begun[0]) {
                    begun[0] = false;
                    sell();
                }
                begun[0] |= isStatement && isSnapshot[0] && arguments[0].toString().contains("outbox");
                try {
                    return method.invoke(real, arguments);
                } catch (InvocationTargetException failed) {
                    throw failed.getCause();
                }
            });
        });
    }

    private static Place place(Database database) throws SQLException {
        return Place.of(() -> DriverManager.getConnection(database.url()));
    }

    private void exchange(Database... remotes) {
        for (int round = 0; round < 3; round++) {
            Outcome.done("agent", hq.url(), "--once");
            for (Database remote : remotes) {
                Outcome.done("agent", remote.url(), "--once");
            }
        }
    }

    private void assertEqual(Database remote) throws SQLException {
        assertThat(remote.rows(SALES)).hasSizeGreaterThan(10).isEqualTo(hq.rows(SALES));
        assertThat(remote.rows(CLERKS)).isEqualTo(hq.rows(CLERKS));
        assertThat(remote.rows("SELECT state || receive_state FROM waybill.remote_user")).containsExactly("ACTIVEACTIVE");
        assertThat(hq.rows("SELECT DISTINCT state || receive_state FROM waybill.remote_user")).containsExactly("ACTIVEACTIVE");
        assertThat(remote.rows("SELECT subject FROM waybill.counter WHERE name IN ('extracting', 'already_gone')")).isEmpty();
    }

    @Test
    void extractedDatabaseHasEverythingOnceWhileOthersWriteAndWritesBack() throws SQLException, IOException {
        Database shop1 = database("shop1");
        Busy busy = extract(0, false, Map.of("shop1", shop1));
        assertThat(busy.said).contains("loading shop1 3/3");
        assertThat(shop1.rows(SALES)).as("the state of the snapshot").hasSizeLessThan(hq.rows(SALES).size());
        String offset = shop1.rows("SELECT log_received FROM waybill.remote_user").get(0);
        exchange(shop1);
        assertEqual(shop1);
        assertThat(hq.rows("SELECT stream_base FROM waybill.remote_user")).as("exactly from there").containsExactly(offset);
        assertThat(Files.exists(directory.resolve("spool"))).isFalse();
        shop1.say("INSERT INTO sale VALUES (1000, 2, 7)", "UPDATE clerk SET name = 'Cyrus' WHERE id = 3");
        exchange(shop1);
        assertThat(hq.rows(CLERKS)).contains("3 Cyrus 0");
        assertEqual(shop1);
    }

    @Test
    @Tag("extended")
    void extractionThatIsEndedAnywhereGoesOnOrBeginsAnew() throws SQLException, IOException {
        int deaths = 0;
        while (diesAndLives(deaths + 1)) {
            deaths++;
        }
        assertThat(deaths).isGreaterThan(9);
    }

    @Test
    void extractionThatIsEndedWhileItReadsBeginsAnewAndWhileItLoadsGoesOn() throws SQLException, IOException {
        assertThat(diesAndLives(4)).isTrue();
        assertThat(diesAndLives(8)).isTrue();
    }

    /** Whether there is such a step at which it can die. */
    private boolean diesAndLives(int deadAt) throws SQLException, IOException {
        Database shop1 = database("shop1-" + deadAt);
        boolean died = false;
        try {
            extract(deadAt, true, Map.of("shop1", shop1));
        } catch (Death expected) {
            died = true;
            boolean spooled = Files.exists(directory.resolve("spool/manifest"));
            Busy second = extract(0, true, Map.of("shop1", shop1));
            assertThat(second.said.toString().contains("goes on with it")).as("after its death at " + deadAt + ": " + second.said).isEqualTo(spooled);
        }
        exchange(shop1);
        assertEqual(shop1);
        return died;
    }

    @Test
    void oneSnapshotServesManyRemotesAndIsReadOnce() throws SQLException, IOException {
        remote("shop2");
        Map<String, Database> shops = new LinkedHashMap<>();
        shops.put("shop1", database("shop1"));
        shops.put("shop2", database("shop2"));
        Busy busy = extract(0, false, shops);
        assertThat(busy.said).contains("reading 3/3", "loading shop1 3/3", "loading shop2 3/3");
        assertThat(shops.get("shop1").rows("SELECT log_received FROM waybill.remote_user")).isEqualTo(shops.get("shop2").rows("SELECT log_received FROM waybill.remote_user"));
        Database[] both = shops.values().toArray(Database[]::new);
        exchange(both);
        assertEqual(both[0]);
        assertEqual(both[1]);
    }

    @Test
    void eachRemoteGetsTheRowsOfItsValue() throws SQLException, IOException {
        remote("shop2");
        hq.bare("CREATE TABLE item (id INT PRIMARY KEY, shop VARCHAR(10))", "INSERT INTO item VALUES (1, 'one'), (2, 'two'), (3, NULL)");
        hq.say("CREATE PUBLICATION stock (TABLE item SUBSCRIBE BY shop)", "CREATE SUBSCRIPTION TO stock ('one') FOR shop1", "CREATE SUBSCRIPTION TO stock ('two') FOR shop2");
        Map<String, Database> shops = new LinkedHashMap<>();
        shops.put("shop1", database("shop1"));
        shops.put("shop2", database("shop2"));
        Busy busy = extract(0, false, shops);
        assertThat(busy.said).as("three for both, and one for each").contains("reading 5/5", "loading shop1 4/4");
        assertThat(shops.get("shop1").rows("SELECT id FROM item")).containsExactly("1");
        hq.say("UPDATE item SET shop = 'two' WHERE id = 1");
        exchange(shops.values().toArray(Database[]::new));
        assertThat(shops.get("shop1").rows("SELECT id FROM item")).isEmpty();
        assertThat(shops.get("shop2").rows("SELECT id FROM item ORDER BY id")).containsExactly("1", "2");
        assertEqual(shops.get("shop2"));
    }

    @Test
    void anotherDatabaseUnderTheNameOfAnExtractedOneIsNotServed() throws SQLException, IOException {
        Database shop1 = database("shop1");
        extract(0, false, Map.of("shop1", shop1));
        Database stray = database("stray").say("GRANT PUBLISH TO shop1", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'shop1'", "SET REMOTE FILE OPTION directory = '" + directory.resolve("messages") + "'",
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq'");
        exchange(stray);
        assertThat(stray.rows("SELECT table_name FROM information_schema.tables WHERE table_name = 'SALE'")).isEmpty();
        assertThat(stray.rows("SELECT log_received FROM waybill.remote_user")).containsExactly("0");
    }

    @Test
    void databaseThatIsAtWorkLosesItsPlaceOnlyWhenThatIsSaid() throws SQLException, IOException {
        Database first = database("first");
        extract(0, false, Map.of("shop1", first));
        exchange(first);
        Database second = database("second");
        assertThatThrownBy(() -> extract(0, false, Map.of("shop1", second))).hasMessageContaining("EXTRACT_AGAIN");
        assertThatThrownBy(() -> extract(0, true, Map.of("shop1", first))).hasMessageContaining("EXTRACT_OCCUPIED");
        extract(0, true, Map.of("shop1", second));
        exchange(second);
        assertEqual(second);
    }

    @Test
    void rowsOfOthersAreNeitherMixedInNorRemoved() throws SQLException {
        Database shop1 = database("shop1").bare("CREATE TABLE clerk (id INT PRIMARY KEY, name VARCHAR(50), boss INT)", "INSERT INTO clerk VALUES (9, 'own', NULL)");
        assertThatThrownBy(() -> extract(0, false, Map.of("shop1", shop1))).hasMessageContaining("EXTRACT_ROWS");
        assertThat(shop1.rows("SELECT name FROM clerk")).containsExactly("own");
    }

    @Test
    void whoeverIsToGetNothingIsRefusedBeforeAnythingIsDone() throws SQLException {
        hq.say("GRANT REMOTE TO shop9 TYPE FILE ADDRESS 'shop9'");
        Database shop9 = database("shop9");
        assertThatThrownBy(() -> extract(0, false, Map.of("shop9", shop9))).hasMessageContaining("EXTRACT_NOTHING");
        assertThatThrownBy(() -> extract(0, false, Map.of("shop8", shop9))).hasMessageContaining("USER_UNKNOWN");
        assertThat(shop9.rows("SELECT schema_name FROM information_schema.schemata WHERE schema_name = 'WAYBILL'")).isEmpty();
    }

    @Test
    void extractionByHandAndRemoteResetDoTheSame() throws SQLException {
        Database byHand = database("shop1").bare("CREATE TABLE clerk (id INT PRIMARY KEY, name VARCHAR(50), boss INT)", "CREATE TABLE sale (id INT PRIMARY KEY, clerk INT, amount DECIMAL(12, 2))");
        try (Connection there = DriverManager.getConnection(byHand.url()); Statement copy = there.createStatement()) {
            for (String row : hq.rows("SELECT 'INSERT INTO clerk VALUES (' || id || ', ''' || name || ''', ' || COALESCE(CAST(boss AS VARCHAR), 'NULL') || ')' FROM clerk UNION ALL SELECT 'INSERT INTO sale VALUES (' || id || ', ' || clerk || ', ' || amount || ')' FROM sale")) {
                copy.execute(row);
            }
        }
        hq.say("REMOTE RESET shop1"); // nobody has written since the copy
        byHand.say("GRANT PUBLISH TO shop1", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'shop1'", "SET REMOTE FILE OPTION directory = '" + directory.resolve("messages") + "'", "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq'",
                "CREATE PUBLICATION shop (TABLE clerk VERIFY CHANGED, TABLE sale VERIFY CHANGED)", "CREATE SUBSCRIPTION TO shop FOR hq", "START SUBSCRIPTION TO shop FOR hq");
        sell();
        exchange(byHand);
        assertEqual(byHand);
        byHand.say("UPDATE clerk SET name = 'Cyrus' WHERE id = 3");
        exchange(byHand);
        assertThat(hq.rows(CLERKS)).contains("3 Cyrus 0");
    }

    @Test
    void commandSaysWhatItDidAndWhatItLeftOut() throws SQLException {
        Database shop1 = database("shop1");
        Outcome outcome = Outcome.done("extract", hq.url(), "--for", "shop1", "--into", shop1.url(), "--spool", directory.resolve("spool").toString(), "--keys", directory.resolve("keys").toString(), "--into-keys",
                directory.resolve("keys1").toString());
        assertThat(outcome.out()).contains("reading: 3 of 3 steps, ", "shop1 takes part", "PUBLIC.RICH", "Views do not travel", "default of column NAME", "./waybill agent " + shop1.url(), "know one another");
        assertThat(Outcome.of("extract", hq.url(), "--for", "shop1,shop2", "--into", shop1.url()).exitCode()).isEqualTo(2);
        Outcome refused = Outcome.of("extract", hq.url(), "--for", "nobody", "--into", shop1.url(), "--spool", directory.resolve("spool").toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("USER_UNKNOWN");
    }
}
