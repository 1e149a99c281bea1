// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

import dev.waybill.change.LargeValue;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** The table {@code waybill.conflict}, in the transaction in which they happen. Bounded: the oldest go. Stateless; any thread. */
public final class ConflictBook {

    /** Of what came from above. */
    public static final String OVERWRITTEN = "OVERWRITTEN";

    private static final long KEPT = 100_000;
    private static final int EVERY = 1_000;
    private static final int TEXT = 20_000;
    private static final int VALUE = 4_000;
    private static final int KEY = 1_000;

    private final Dialect dialect;

    public ConflictBook(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * Where a change came from.
     *
     * @param incarnation of the sender's history
     * @param logOffset   of its transaction, in the sender's journal
     */
    public record Source(String sender, UUID incarnation, long logOffset) {}

    /** Opens a line whose outcome is still to be said; its number. */
    public long open(Connection raw, TableName table, String key, Conflict conflict, Source source, String policy) throws SQLException {
        String sql = "INSERT INTO " + dialect.catalogueTable("conflict") + " (found_at, table_schema, table_name, row_key, kind, sender, incarnation, log_offset, policy, outcome, old_row, new_row, remote_row) VALUES (" + dialect.now()
                + ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        long id;
        try (PreparedStatement insert = raw.prepareStatement(sql, new String[] {"conflict_id"})) {
            insert.setString(1, table.schema());
            insert.setString(2, table.name());
            insert.setString(3, key.length() > KEY ? key.substring(0, KEY) : key);
            insert.setString(4, conflict.kind().name());
            insert.setString(5, source.sender());
            insert.setObject(6, dialect.uuid(source.incarnation()));
            insert.setLong(7, source.logOffset());
            insert.setString(8, policy);
            insert.setString(9, "OPEN");
            insert.setString(10, text(conflict.old()));
            insert.setString(11, text(conflict.now()));
            insert.setString(12, text(conflict.remote()));
            insert.executeUpdate();
            try (ResultSet drawn = insert.getGeneratedKeys()) {
                drawn.next();
                id = drawn.getLong(1);
            }
        }
        if (id % EVERY == 0) {
            try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + dialect.catalogueTable("conflict") + " WHERE conflict_id <= ?")) {
                delete.setLong(1, id - KEPT);
                delete.executeUpdate();
            }
        }
        return id;
    }

    /** Says what it came to. */
    public void close(Connection raw, long id, String outcome, Map<String, Object> result) throws SQLException {
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + dialect.catalogueTable("conflict") + " SET outcome = ?, result_row = ? WHERE conflict_id = ?")) {
            update.setString(1, outcome);
            update.setString(2, text(result));
            update.setLong(3, id);
            update.executeUpdate();
        }
    }

    private static String text(Map<String, Object> row) {
        if (row == null) {
            return null;
        }
        String text = row.entrySet().stream().map(column -> column.getKey() + "=" + value(column.getValue())).collect(Collectors.joining(", ", "(", ")"));
        return text.length() > TEXT ? text.substring(0, TEXT) + "…" : text;
    }

    /** As SQL would write it, more or less. */
    private static String value(Object value) {
        if (value == null) {
            return "NULL";
        } else if (value instanceof Number || value instanceof Boolean) {
            return value.toString();
        } else if (value instanceof byte[] bytes) {
            return "X'" + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, VALUE / 2)) + "'";
        } else if (value instanceof LargeValue large) {
            return "<" + large.lengthBytes() + " bytes>";
        } else if (value instanceof Object[] many) {
            return "[" + Arrays.stream(many).map(ConflictBook::value).collect(Collectors.joining(", ")) + "]";
        }
        String text = value.toString();
        return "'" + (text.length() > VALUE ? text.substring(0, VALUE) + "…" : text).replace("'", "''").replace("\0", "\\0") + "'";
    }
}
