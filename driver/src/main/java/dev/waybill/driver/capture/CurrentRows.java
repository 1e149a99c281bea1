// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.ForeignKey;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reads rows of one published table as they are now, whatever the transaction's snapshot shows, and locks them. On one connection, under its lock. */
final class CurrentRows {

    private static final int AT_ONCE = 200;

    private final CapturingConnection connection;
    private final CapturedTable table;
    private final Dialect dialect;

    CurrentRows(CapturingConnection connection, CapturedTable table) {
        this.connection = connection;
        this.table = table;
        this.dialect = connection.database().dialect();
    }

    /** The captured columns, as a list of a SELECT or RETURNING. */
    static String captured(Dialect dialect, CapturedTable table) {
        return table.shape().columns().stream().map(dialect::selected).collect(Collectors.joining(", "));
    }

    /** What has to be known of a row as it was, the key's columns first, likewise. */
    static String keys(Dialect dialect, CapturedTable table) {
        return IntStream.of(table.old()).mapToObj(index -> dialect.selected(table.shape().columns().get(index))).collect(Collectors.joining(", "));
    }

    /** The image in the captured columns of this row. */
    RowImage image(ResultSet row) throws SQLException {
        return table.image(dialect, row, IntStream.rangeClosed(1, table.captured().length).toArray());
    }

    /** The image of the key in the key's columns of this row. */
    RowImage key(ResultSet row) throws SQLException {
        return table.keyImage(dialect, row, 1);
    }

    /** The rows with these keys, by their keys; those that are not there are missing. */
    Map<KeyImage, RowImage> read(List<RowImage> keys) throws SQLException {
        Map<KeyImage, RowImage> rows = new LinkedHashMap<>();
        for (int from = 0; from < keys.size(); from += AT_ONCE) {
            List<RowImage> some = keys.subList(from, Math.min(from + AT_ONCE, keys.size()));
            try (PreparedStatement select = connection.raw().prepareStatement(byKeys(captured(dialect, table), some.size()))) {
                bind(select, some);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        RowImage image = image(row);
                        rows.put(table.key(image), image);
                    }
                }
            }
        }
        return rows;
    }

    /** Walks from the rows with these keys, which are locked, to those that foreign keys will change. */
    void walk(List<RowImage> keys, List<ForeignKey> updates, CascadeWalk walk) throws SQLException {
        String columns = CascadeWalk.columns(connection.facts(), table.name()).stream().map(dialect::quote).collect(Collectors.joining(", "));
        for (int from = 0; from < keys.size(); from += AT_ONCE) {
            List<RowImage> some = keys.subList(from, Math.min(from + AT_ONCE, keys.size()));
            try (PreparedStatement select = connection.raw().prepareStatement(byKeys(columns, some.size()))) {
                bind(select, some);
                try (ResultSet row = select.executeQuery()) {
                    walk.from(table.name(), row, updates);
                }
            }
        }
    }

    private String byKeys(String columns, int count) {
        String one = IntStream.of(table.key()).mapToObj(index -> dialect.quote(table.captured()[index]) + " = ?").collect(Collectors.joining(" AND ", "(", ")"));
        return "SELECT " + columns + " FROM " + dialect.quote(table.name().schema(), table.name().name()) + " WHERE " + String.join(" OR ", Collections.nCopies(count, one)) + " FOR UPDATE";
    }

    private void bind(PreparedStatement select, List<RowImage> keys) throws SQLException {
        int parameter = 1;
        for (RowImage key : keys) {
            for (int index : table.key()) {
                dialect.bind(select, parameter++, key.value(index), table.type(index));
            }
        }
    }

    /** Records a row as it is now. */
    void record(Operation operation, RowImage after) throws SQLException {
        connection.execution().rows().record(table, operation, after);
    }

    /** Records that the row with this key is gone. */
    void recordGone(RowImage key) throws SQLException {
        try {
            connection.recorder().record(connection.publisher(), table.gone(key));
        } catch (SQLException | RuntimeException failed) {
            connection.recorder().fail(failed);
            throw failed;
        }
    }
}
