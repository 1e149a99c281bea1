// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.DatabaseFacts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the driver does not see of each published table: told in the log once, and kept in {@code waybill.capture_report}. Found anew whenever definitions may have changed; written by whichever connection comes by after a transaction,
 * and only what differs from what stands there. Any thread.
 */
final class CaptureReport {

    private static final System.Logger LOG = System.getLogger(CaptureReport.class.getName());
    private static final int REPORT = 4_000;
    private static final int SUBJECT = 100;
    /** More names than these say no more to anybody. */
    private static final int MOST_NAMES = 20;

    private Set<Line> told = Set.of();
    private boolean everFound;
    private volatile boolean owes;

    /** One finding; {@code subject} is what it is about. */
    private record Line(String schema, String table, String subject, String report) {
        Line {
            subject = subject.substring(0, Math.min(subject.length(), SUBJECT));
            report = report.substring(0, Math.min(report.length(), REPORT));
        }
    }

    /** These are the facts now. */
    synchronized void found(DatabaseFacts facts) {
        Set<Line> lines = lines(facts);
        if (facts.publisher() == null || everFound && lines.equals(told)) {
            return;
        }
        for (Line line : lines) {
            if (!told.contains(line)) {
                LOG.log(line.subject.equals("programs") ? System.Logger.Level.INFO : System.Logger.Level.WARNING, "{0} (waybill.capture_report)", line.report);
            }
        }
        told = lines;
        everFound = true;
        owes = true;
    }

    /** Whether something is to be written: a volatile read. */
    boolean isOwed() {
        return owes;
    }

    /** Writes what differs, in the caller's transaction; tried once. */
    void write(Connection raw, Dialect dialect) throws SQLException {
        Set<Line> wanted;
        synchronized (this) {
            wanted = new LinkedHashSet<>(told);
            owes = false;
        }
        String table = dialect.catalogueTable("capture_report");
        Set<Line> present = present(raw, table);
        for (Line gone : present) {
            if (!wanted.contains(gone)) {
                execute(raw, "DELETE FROM " + table + " WHERE table_schema = ? AND table_name = ? AND subject = ?", gone.schema, gone.table, gone.subject);
            }
        }
        for (Line fresh : wanted) {
            if (!present.contains(fresh)) {
                execute(raw, "INSERT INTO " + table + " (table_schema, table_name, subject, report, since) VALUES (?, ?, ?, ?, " + dialect.now() + ")", fresh.schema, fresh.table, fresh.subject, fresh.report);
            }
        }
    }

    private static Set<Line> present(Connection raw, String table) throws SQLException {
        Set<Line> present = new LinkedHashSet<>();
        try (Statement select = raw.createStatement(); ResultSet row = select.executeQuery("SELECT table_schema, table_name, subject, report FROM " + table)) {
            while (row.next()) {
                present.add(new Line(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
            }
        }
        return present;
    }

    private static void execute(Connection raw, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    // ---- what is found ----

    private static Set<Line> lines(DatabaseFacts facts) {
        Set<Line> lines = new LinkedHashSet<>();
        if (facts.guarded() != null) {
            for (TableName table : facts.guarded().published()) {
                lines.add(facts.guarded().covered().contains(table)
                        ? new Line(table.schema(), table.name(), "programs", "Published table " + table + ": what any program writes to it is captured by triggers (waybill.capture=complete), procedures, triggers" + unseen(facts.guarded()))
                        : new Line(table.schema(), table.name(), "table", "Published table " + table + ": NOTHING that is written to it is captured, because triggers of Waybill's were " + mending(facts.guarded()) + ", and SYNCHRONIZE its subscriptions."));
            }
            return lines;
        }
        for (TableName table : facts.published()) {
            lines.add(new Line(table.schema(), table.name(), "programs", "Published table " + table + ": what programs write to it that do not use this driver is not seen."));
            String reason = facts.hidden().get(table);
            if (reason != null) {
                lines.add(new Line(table.schema(), table.name(), "table", "Published table " + table + " cannot be written to without perhaps writing unseen: " + reason + ". Such statements follow waybill.uncaptured."));
            }
            facts.hidden().forEach((from, why) -> {
                if (!from.equals(table) && facts.reached(from).contains(table)) {
                    lines.add(new Line(table.schema(), table.name(), from.toString(), "Published table " + table + " can be written to by way of another: " + why + ". Statements that write to that follow waybill.uncaptured."));
                }
            });
        }
        if (!facts.published().isEmpty() && !facts.routines().isEmpty()) {
            String names = String.join(", ", new TreeSet<>(facts.routines()).stream().limit(MOST_NAMES).toList()) + (facts.routines().size() > MOST_NAMES ? ", …" : "");
            lines.add(new Line("", "*", "routines", facts.routines().size() + " routine(s) may write to published tables: " + names + ". Statements that call them follow waybill.uncaptured."));
        }
        return lines;
    }

    private static String unseen(DatabaseFacts facts) {
        return facts.beyond() == null ? " and other drivers included. Not seen: TRUNCATE by other programs, and what definitions of theirs do to rows (partitions that are emptied, dropped or exchanged; new foreign keys that cascade)."
                : ", cascades and other drivers included. Not seen: TRUNCATE of a partition that was made after the publication, rows that come or go with ATTACH and DETACH PARTITION, and what is written while somebody has turned the triggers off.";
    }

    private static String mending(DatabaseFacts facts) {
        return facts.beyond() == null ? "removed. Drop the publication and create it anew" : "turned off or removed. Say ALTER TABLE … ENABLE ALWAYS TRIGGER \"!waybill\" by the bare driver, or drop the publication and create it anew";
    }
}
