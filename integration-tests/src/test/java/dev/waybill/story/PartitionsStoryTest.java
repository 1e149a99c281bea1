// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/partitions.md} teaches happens: its statements are run at the head office, its questions are asked at the branches until they have its answers. */
class PartitionsStoryTest {

    private static final Pattern BLOCK = Pattern.compile("```sql at (\\w+)\\n(.*?)```(?:\\n```text\\n(.*?)```)?", Pattern.DOTALL);
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    private Path directory;

    @Test
    void thePageIsTrueOnH2() throws Exception {
        follow("jdbc:h2:file:" + directory.resolve("hq") + ";LOCK_TIMEOUT=2000", UnaryOperator.identity());
    }

    @Test
    void thePageIsTrueOnPostgres() throws Exception {
        follow(PostgresServer.running().freshDatabase().url(), UnaryOperator.identity());
    }

    @Test
    @Tag("extended")
    void thePageIsTrueOnMariaDb() throws Exception {
        follow(MariaDbServer.running().freshDatabase().url(), sql -> sql.replace("rep VARCHAR(20)", "rep VARCHAR(20) COLLATE utf8mb4_bin"));
    }

    @Test
    @Tag("extended")
    void thePageIsTrueOnSqlite() throws Exception {
        follow("jdbc:sqlite:" + directory.resolve("hq.db") + "?busy_timeout=60000", UnaryOperator.identity());
    }

    @Test
    @Tag("extended")
    void thePageIsTrueOnHsqldb() throws Exception {
        follow("jdbc:hsqldb:file:" + directory.resolve("hq") + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true", UnaryOperator.identity());
    }

    private void follow(String raw, UnaryOperator<String> spelling) throws Exception {
        Path messages = Files.createDirectories(directory.resolve("messages"));
        Map<String, Site> branches = new LinkedHashMap<>();
        try (Connection hq = connect(raw)) {
            HeadOfficeAndBranch.execute(hq, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + messages + "'");
            for (String name : List.of("anna", "ben")) {
                HeadOfficeAndBranch.execute(hq, "GRANT REMOTE TO " + name + " TYPE FILE ADDRESS '" + name + "' SEND EVERY '00:00:00'");
                branches.put(name, new Site(directory, name).publisher().below("hq"));
            }
            int asked = 0;
            Matcher block = BLOCK.matcher(Files.readString(Path.of(System.getProperty("user.dir")).resolveSibling("docs/partitions.md")));
            while (block.find()) {
                if (block.group(1).equals("hq")) {
                    for (String sql : block.group(2).split(";\\s*\\n")) {
                        HeadOfficeAndBranch.execute(hq, spelling.apply(sql.strip()));
                    }
                } else {
                    expect(branches.get(block.group(1)), block.group(2), block.group(3).strip().lines().toList());
                    asked++;
                }
            }
            assertThat(asked).isEqualTo(5);
        } finally {
            for (Site branch : branches.values()) {
                branch.close();
            }
        }
    }

    private static void expect(Site branch, String question, List<String> answer) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).ignoreExceptionsMatching(absent -> absent instanceof SQLException && absent.getMessage().contains("not found"))
                .untilAsserted(() -> assertThat(rows(branch, question)).isEqualTo(answer));
    }

    private static List<String> rows(Site branch, String question) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = branch.bare(); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(question)) {
            while (row.next()) {
                rows.add(row.getString(1) + " " + row.getString(2));
            }
        }
        return rows;
    }

    private static Connection connect(String raw) throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("waybill.patience", "300ms");
        settings.setProperty("waybill.poll", "50ms");
        return DriverManager.getConnection("jdbc:waybill:" + raw.substring("jdbc:".length()), settings);
    }
}
