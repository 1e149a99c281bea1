// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.random.RandomGenerator;

/** What the application of a branch does, in the tables that this branch owns and head office is sent. */
final class BranchDeeds extends Deeds {

    private final String visit;
    private final String remark;

    /** @param number of the branch: its tables are VISIT1 and REMARK1 */
    BranchDeeds(RandomGenerator random, int number) {
        super(random);
        this.visit = "visit" + number;
        this.remark = "remark" + number;
    }

    /** To be said at both ends. */
    String[] tables() {
        return new String[] {
            "CREATE TABLE " + visit + "(id INT PRIMARY KEY, whose VARCHAR(100), minutes INT DEFAULT 30, code VARCHAR(20) UNIQUE)",
            "CREATE TABLE " + remark + "(visit_id INT REFERENCES " + visit + " ON DELETE CASCADE, position INT, text VARCHAR(4000), PRIMARY KEY(visit_id, position))"};
    }

    /** To be said at both ends: here it is sent, there it is what may come. */
    String publication() {
        return "CREATE PUBLICATION visits" + visit.substring("visit".length()) + " (TABLE " + visit + ", TABLE " + remark + ")";
    }

    @Override
    List<Named> all() {
        return List.of(
            new Named("new visit", this::newVisit), new Named("new visit", this::newVisit), new Named("new visits", this::newVisits), new Named("remark", this::newRemark), new Named("remark", this::newRemark),
            new Named("longer", connection -> update(connection, "UPDATE " + visit + " SET minutes = minutes + ? WHERE id BETWEEN ? AND ?", 1 + random.nextInt(9), id(), id())),
            new Named("whose", connection -> update(connection, "UPDATE " + visit + " SET whose = ?, code = ? WHERE id = ?", text(60), random.nextInt(3) == 0 ? "v" + id() : null, id())),
            new Named("key of a visit", connection -> update(connection, "UPDATE " + visit + " SET id = ? WHERE id = ?", id(), id())),
            new Named("other text", connection -> update(connection, "UPDATE " + remark + " SET text = ? WHERE visit_id = ?", text(900), id())),
            new Named("delete visit", connection -> update(connection, "DELETE FROM " + visit + " WHERE id = ?", id())),
            new Named("delete remarks", connection -> update(connection, "DELETE FROM " + remark + " WHERE position > ? AND visit_id > ?", random.nextInt(6), id())), large());
    }

    private void newVisit(Connection connection) throws SQLException {
        update(connection, "INSERT INTO " + visit + "(id, whose) VALUES(?, ?)", id(), text(60));
    }

    private void newVisits(Connection connection) throws SQLException {
        inOneTransaction(connection, () -> {
            for (int i = random.nextInt(5); i >= 0; i--) {
                update(connection, "MERGE INTO " + visit + "(id, whose) KEY(id) VALUES(?, ?)", id(), text(60));
            }
        });
    }

    private void newRemark(Connection connection) throws SQLException {
        inOneTransaction(connection, () -> {
            Integer of = locked(connection, visit);
            if (of != null) {
                update(connection, "INSERT INTO " + remark + " VALUES(?, ?, ?)", of, random.nextInt(9), text(300));
            }
        });
    }

    @Override
    Named large() {
        return new Named("many remarks", this::manyRemarks);
    }

    private void manyRemarks(Connection connection) throws SQLException {
        inOneTransaction(connection, () -> {
            Integer of = locked(connection, visit);
            try (PreparedStatement merge = connection.prepareStatement("MERGE INTO " + remark + " KEY(visit_id, position) VALUES(?, ?, ?)")) {
                for (int i = 10 + random.nextInt(20); of != null && i >= 0; i--) {
                    merge.setInt(1, of);
                    merge.setInt(2, 10 + i);
                    merge.setString(3, text(3_000));
                    merge.addBatch();
                }
                merge.executeBatch();
            }
        });
    }
}
