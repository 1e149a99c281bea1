// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The catalogue has the same tables and columns on every product, apart from what a product needs for its outbox. */
class OneCatalogueTest {

    private static final String COLUMNS = "SELECT LOWER(table_name) || '.' || LOWER(column_name) || CASE is_nullable WHEN 'YES' THEN '' ELSE ' NOT NULL' END FROM information_schema.columns WHERE LOWER(table_schema) = 'waybill'";

    @Test
    void postgresHasTheTablesAndColumnsOfH2() throws SQLException {
        Set<String> h2 = columns("jdbc:h2:mem:");
        Set<String> postgres = columns(PostgresServer.running().freshDatabase().url());
        postgres.removeIf(column -> column.startsWith("outbox_seen.") || column.startsWith("outbox."));
        h2.removeIf(column -> column.startsWith("outbox_cleared.") || column.startsWith("audience_lock.") || column.startsWith("outbox."));
        assertThat(postgres).isEqualTo(h2);
    }

    private static Set<String> columns(String url) throws SQLException {
        try (Connection raw = DriverManager.getConnection(url); Statement statement = raw.createStatement()) {
            new CatalogueInstaller(Dialects.of(raw), UUID::randomUUID, InstantSource.system()).install(raw);
            Set<String> columns = new TreeSet<>();
            try (ResultSet row = statement.executeQuery(COLUMNS)) {
                while (row.next()) {
                    columns.add(row.getString(1));
                }
            }
            return columns;
        }
    }
}
