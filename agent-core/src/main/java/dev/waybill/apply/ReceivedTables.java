// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The table {@code waybill.received_table}: which tables which sender sends to this database. What it holds of a sender is kept in memory while nothing is added to it; after that it is read again, since the caller may have rolled back.
 * One thread.
 */
final class ReceivedTables {

    private final Dialect dialect;
    private final Map<String, Set<TableName>> known = new HashMap<>();

    ReceivedTables(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Writes down, in the caller's transaction, those of the tables that this sender is not known to send; gives them back. */
    Set<TableName> meet(Connection raw, String sender, Set<TableName> tables) throws SQLException {
        Set<TableName> kept = known.get(sender);
        if (kept != null && kept.containsAll(tables)) {
            return Set.of();
        }
        kept = read(raw, sender);
        Set<TableName> added = new HashSet<>(tables);
        added.removeAll(kept);
        if (added.isEmpty()) {
            known.put(sender, kept);
            return Set.of();
        }
        known.remove(sender);
        insert(raw, sender, added);
        return Set.copyOf(added);
    }

    /** Somebody else may have changed the table. */
    void forget() {
        known.clear();
    }

    private Set<TableName> read(Connection raw, String sender) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement("SELECT table_schema, table_name FROM " + dialect.catalogueTable("received_table") + " WHERE sender = ?")) {
            statement.setString(1, sender);
            try (ResultSet rows = statement.executeQuery()) {
                Set<TableName> tables = new HashSet<>();
                while (rows.next()) {
                    tables.add(new TableName(rows.getString(1), rows.getString(2)));
                }
                return tables;
            }
        }
    }

    private void insert(Connection raw, String sender, Set<TableName> tables) throws SQLException {
        String sql = "INSERT INTO " + dialect.catalogueTable("received_table") + " (table_schema, table_name, sender, since) VALUES (?, ?, ?, " + dialect.now() + ")";
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            for (TableName table : tables) {
                statement.setString(1, table.schema());
                statement.setString(2, table.name());
                statement.setString(3, sender);
                statement.executeUpdate();
            }
        }
    }
}
