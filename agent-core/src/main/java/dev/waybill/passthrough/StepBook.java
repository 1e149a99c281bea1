// SPDX-License-Identifier: Apache-2.0
package dev.waybill.passthrough;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The table {@code waybill.passthrough_step}, in the caller's transaction. Stateless; any thread. */
public final class StepBook {

    private final Dialect dialect;
    private final String table;

    public StepBook(Dialect dialect) {
        this.dialect = dialect;
        this.table = dialect.catalogueTable("passthrough_step");
    }

    /** All that there are, in their order. */
    public List<Step> all(Connection raw) throws SQLException {
        List<Step> steps = new ArrayList<>();
        try (PreparedStatement select = raw.prepareStatement("SELECT sender, log_offset, ordinal, state, statement, tables_before, begun_at FROM " + table + " ORDER BY sender, log_offset, ordinal"); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Step.Place place = new Step.Place(row.getString(1), row.getLong(2), row.getInt(3));
                steps.add(new Step(place, StepState.valueOf(row.getString(4)), row.getString(5), row.getString(6), dialect.moment(row, 7)));
            }
        }
        return steps;
    }

    /** Null when it was never begun. */
    public Step find(Connection raw, Step.Place place) throws SQLException {
        return all(raw).stream().filter(step -> step.place().equals(place)).findFirst().orElse(null);
    }

    /** Fails as a duplicate where it was begun. */
    public void add(Connection raw, Step step) throws SQLException {
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO " + table + " (sender, log_offset, ordinal, state, statement, tables_before, begun_at) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            place(insert, 1, step.place());
            insert.setString(4, step.state().name());
            insert.setString(5, step.statement());
            insert.setString(6, step.tablesBefore());
            insert.setObject(7, dialect.moment(step.begunAt()));
            insert.executeUpdate();
        }
    }

    /** It was executed. */
    public void done(Connection raw, Step.Place place) throws SQLException {
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + table + " SET state = ? WHERE sender = ? AND log_offset = ? AND ordinal = ?")) {
            update.setString(1, StepState.DONE.name());
            place(update, 2, place);
            update.executeUpdate();
        }
    }

    /** It was not, or all is behind it. */
    public void remove(Connection raw, Step.Place place) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + table + " WHERE sender = ? AND log_offset = ? AND ordinal = ?")) {
            place(delete, 1, place);
            delete.executeUpdate();
        }
    }

    /** The position of the sender is now here: what lies before it is over. */
    public void passed(Connection raw, String sender, long logOffset) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + table + " WHERE sender = ? AND log_offset <= ?")) {
            delete.setString(1, sender);
            delete.setLong(2, logOffset);
            delete.executeUpdate();
        }
    }

    private static void place(PreparedStatement statement, int first, Step.Place place) throws SQLException {
        statement.setString(first, place.sender());
        statement.setLong(first + 1, place.logOffset());
        statement.setInt(first + 2, place.ordinal());
    }

    /** A step that begins now. */
    public static Step begun(Step.Place place, String statement, String tablesBefore, Instant now) {
        return new Step(place, StepState.BEGUN, statement, tablesBefore, now);
    }
}
