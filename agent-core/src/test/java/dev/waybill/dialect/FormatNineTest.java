// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Catalogues of format 8 learn, on every product, where neighbours were last heard to be; also when somebody was interrupted in the midst of it. */
class FormatNineTest {

    private static final List<String> NEW = List.of("heard_incarnation", "heard_stream", "heard_offset", "heard_digest", "stream_word");

    @TempDir
    private Path folder;

    @Test
    void onH2() throws SQLException {
        isUpgraded("jdbc:h2:mem:" + UUID.randomUUID());
    }

    @Test
    void onPostgres() throws SQLException {
        isUpgraded(PostgresServer.running().freshDatabase().url());
    }

    @Test
    void onMariaDb() throws SQLException {
        isUpgraded(MariaDbServer.running().freshDatabase().url());
    }

    @Test
    void onSqlite() throws SQLException {
        isUpgraded("jdbc:sqlite:" + folder.resolve("old.db"));
    }

    @Test
    void onHsqldb() throws SQLException {
        isUpgraded("jdbc:hsqldb:mem:" + UUID.randomUUID() + ";hsqldb.tx=mvcc;shutdown=true");
    }

    private static void isUpgraded(String url) throws SQLException {
        try (Connection raw = DriverManager.getConnection(url); Statement statement = raw.createStatement()) {
            Dialect dialect = Dialects.of(raw);
            CatalogueInstaller installer = new CatalogueInstaller(dialect, UUID::randomUUID, InstantSource.system());
            installer.install(raw);
            String users = dialect.catalogueTable("remote_user");
            String insert = "INSERT INTO " + users + " (user_name, consolidate, type_name, address, frequency, confirm_sent, stream_sent, stream_base) VALUES (";
            statement.execute(insert + "'first', 'N', 'FILE', 'a', 'B', 70, 0, 0)");
            statement.execute(insert + "'heard', 'N', 'FILE', 'b', 'B', 90, 2, 80)");
            statement.execute(insert + "'unheard', 'N', 'FILE', 'c', 'B', 80, 2, 80)");
            boolean whole = dialect.hasTransactionalDdl();
            for (String column : whole ? NEW : NEW.subList(3, 5)) { // where each statement is committed by itself, somebody came as far as the third
                statement.execute("ALTER TABLE " + users + " DROP COLUMN " + column);
            }
            statement.execute("UPDATE " + dialect.catalogueTable("catalogue") + " SET format = 8");
            assertThat(installer.needsInstall(raw)).isTrue();
            assertThat(installer.install(raw)).isTrue();
            assertThat(installer.install(raw)).as("nothing is left to do").isFalse();
            assertThat(standing(statement, users)).containsExactly("first 0 70 NONE", "heard 2 90 NONE", "unheard 0 0 NONE");
        }
    }

    private static List<String> standing(Statement statement, String users) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("SELECT user_name, heard_stream, heard_offset, stream_word FROM " + users + " ORDER BY user_name")) {
            while (row.next()) {
                rows.add(row.getString(1) + " " + row.getInt(2) + " " + row.getLong(3) + " " + row.getString(4));
            }
        }
        return rows;
    }
}
