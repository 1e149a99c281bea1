// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.recording.Recorder;
import dev.waybill.driver.recording.Savepoints;
import dev.waybill.driver.recording.StackedSavepoints;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;

/**
 * One connection of SQLite's own driver, with the log of what it changes. That driver does not know whether a transaction is open when its words came as text, or when an error has ended it: where that may be, SQLite is asked by saying
 * BEGIN. Used under the connection's lock.
 */
final class SqliteSession implements ProductSession {

    private static final System.Logger LOG = System.getLogger(SqliteSession.class.getName());

    private static final int BUSY = 5;
    private static final int CONSTRAINT = 19;
    /** Before what we write at the end, so that a COMMIT that fails leaves the transaction as it was. */
    private static final String END = "waybill_end";

    private final Connection raw;
    private final Dialect dialect;
    private final SqliteLog log;
    private final Savepoints savepoints = new StackedSavepoints("JDBC_SAVEPOINT_");
    private boolean inDoubt;
    private boolean isTouched;
    private boolean isEnding;
    private boolean isMadeInside;
    private String begunBy;
    private String attached = "";

    SqliteSession(Connection raw, Dialect dialect) throws SQLException {
        this.raw = raw;
        this.dialect = dialect;
        this.log = new SqliteLog(raw, dialect);
        warn();
    }

    /** Nobody can make durable what its own connection does not want to be. */
    private void warn() throws SQLException {
        if (raw.getAutoCommit() && "0".equals(one("PRAGMA synchronous"))) {
            LOG.log(System.Logger.Level.WARNING, "This connection says PRAGMA synchronous = OFF: when the machine fails, SQLite may lose transactions that replicas have already, and with them damage its file.");
        }
    }

    // ---- whether a transaction is open ----

    @Override
    public boolean isAutoCommit() throws SQLException {
        if (!raw.getAutoCommit()) {
            return false;
        } else if (inDoubt && isOpen()) {
            return false;
        }
        inDoubt = false;
        return true;
    }

    private boolean isOpen() throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.executeUpdate("BEGIN");
            statement.executeUpdate("ROLLBACK");
            return false;
        } catch (SQLException within) {
            if (within.getErrorCode() == 1) {
                return true;
            }
            throw within;
        }
    }

    /** Where the driver's mode says that a transaction is open, one is: the driver itself does not begin another one after the words of an end. */
    @Override
    public void wordsRan() throws SQLException {
        inDoubt = true;
        if (!raw.getAutoCommit()) {
            beginAgain();
        }
    }

    /** SQLite has ended the transaction with some errors. */
    @Override
    public void failed(SQLException error) {
        inDoubt = true;
        doubt();
        try {
            if (!raw.getAutoCommit()) {
                beginAgain();
            }
        } catch (SQLException closed) {
            error.addSuppressed(closed);
        }
    }

    private void beginAgain() throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.executeUpdate("BEGIN");
            isTouched = false;
        } catch (SQLException within) {
            if (within.getErrorCode() != 1) {
                throw within;
            }
        }
    }

    @Override
    public void savepointBegins(String name) {
        begunBy = name;
        inDoubt = true;
    }

    @Override
    public boolean releaseEnds(String name) {
        return name.equals(begunBy);
    }

    @Override
    public void ended() {
        begunBy = null;
        isTouched = false;
        isEnding = false;
        doubt();
    }

    /** What was made behind the savepoint has gone with it. */
    @Override
    public void rolledBackTo() {
        log.doubt();
    }

    /** What was made within a transaction goes with a rollback. */
    private void doubt() {
        if (isMadeInside) {
            isMadeInside = false;
            log.doubt();
        }
    }

    @Override
    public void namesChanged() {
        attached = "";
        log.doubt();
    }

    @Override
    public void rollBack(Connection itself) throws SQLException {
        if (raw.getAutoCommit()) {
            try (Statement statement = raw.createStatement()) {
                statement.executeUpdate("ROLLBACK");
            }
        } else {
            raw.rollback();
        }
    }

    /** An empty transaction of the application's is none: nothing of ours is read in one, so that it begins with the application's own first statement. */
    @Override
    public <T> T aside(Step<T> step) throws SQLException {
        if (raw.getAutoCommit() || isTouched) {
            return step.run();
        }
        raw.setAutoCommit(true);
        try {
            return step.run();
        } finally {
            raw.setAutoCommit(false);
        }
    }

    @Override
    public void touched() {
        isTouched = true;
    }

    // ---- what it writes ----

    @Override
    public boolean meetsFence() {
        return true;
    }

    @Override
    public void follow(DatabaseFacts facts, Recorder recorder) throws SQLException {
        if (!log.follows(facts)) {
            this.<Void>aside(() -> {
                refuseOtherWays(facts);
                isMadeInside |= inDoubt || !raw.getAutoCommit();
                log.follow(facts, recorder);
                return null;
            });
        }
        isTouched = true;
    }

    /** The same file attached by another name, or another database that publishes: what is written there nobody would see. */
    private void refuseOtherWays(DatabaseFacts facts) throws SQLException {
        String now = one("SELECT group_concat(name || char(10) || file, char(10)) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')");
        if (now == null || now.equals(attached)) {
            return;
        }
        String main = one("SELECT file FROM pragma_database_list WHERE name = 'main'");
        String[] each = now.split("\n", -1);
        for (int i = 0; i + 1 < each.length; i += 2) {
            if (facts.publisher() != null && each[i + 1].equals(main) && !main.isEmpty()) {
                throw WaybillError.UNCAPTURED.with("the same database is attached as " + each[i] + ", and nobody sees what is written there; detach it first");
            } else if (publishes(each[i])) {
                throw WaybillError.UNCAPTURED.with("the attached database " + each[i] + " publishes tables, and nobody sees what is written there; connect to it, or detach it before writing");
            }
        }
        attached = now;
    }

    private boolean publishes(String database) throws SQLException {
        String quoted = Quoting.quote(database);
        return one("SELECT 1 FROM " + quoted + ".sqlite_schema WHERE type = 'table' AND name = 'waybill_article'") != null && one("SELECT 1 FROM " + quoted + ".waybill_article WHERE until_version IS NULL") != null;
    }

    @Override
    public Outcome several(CapturingConnection connection, Plan.Script script, Source source, Call call) throws SQLException {
        return new FollowedScript(connection, script).run(source, call);
    }

    @Override
    public boolean isFollowing() {
        return true;
    }

    /** SQLite's driver counts what triggers write too, where a text is not prepared: ours are taken off. */
    @Override
    public Outcome counted(Call call, Step<Outcome> execution) throws SQLException {
        if (call != Call.UPDATE && call != Call.LARGE_UPDATE || !log.isThere()) {
            return execution.run();
        }
        long before = log.writes();
        Outcome outcome = execution.run();
        long ours = log.writes() - before;
        return ours <= 0 ? outcome : Outcome.rawCount(Math.max(0, outcome.updateCount() - ours));
    }

    /** A statement that returns rows is not over before they are read, and nothing can be committed before it is: they are kept, and shown again. */
    @Override
    @SuppressWarnings("unchecked")
    public <T> T whole(Statement statement, Step<T> step) throws SQLException {
        T result = step.run();
        if (result instanceof Outcome outcome && outcome.isRows()) {
            try (ResultSet rows = outcome.resultSet() == null ? statement.getResultSet() : outcome.resultSet()) {
                return (T) Outcome.rows(SqliteRows.keep(raw, rows));
            }
        }
        return result;
    }

    /** What a failing statement has done before, as an element of a batch or by OR FAIL, stays done. */
    @Override
    public boolean keepsDone() {
        return true;
    }

    // ---- the end ----

    @Override
    public Catalogue catalogueNow(Catalogue planned) throws SQLException {
        if (planned.incarnation() == null) {
            return dialect.hasCatalogue(raw) ? CatalogueStore.load(raw, dialect) : null;
        }
        try (PreparedStatement select = raw.prepareStatement("SELECT version, incarnation FROM waybill_catalogue"); ResultSet row = select.executeQuery()) {
            boolean same = row.next() && row.getLong(1) == planned.version() && UUID.fromString(row.getString(2)).equals(planned.incarnation());
            return same ? null : CatalogueStore.load(raw, dialect);
        }
    }

    @Override
    public void gather(Recorder recorder, String publisher) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.executeUpdate("SAVEPOINT " + END);
        }
        isEnding = true;
        log.empty(recorder, publisher);
    }

    @Override
    public boolean keepsOpen(SQLException failedCommit) throws SQLException {
        if (!isEnding || failedCommit.getErrorCode() != BUSY && failedCommit.getErrorCode() != CONSTRAINT) {
            return false;
        }
        isEnding = false;
        try (Statement statement = raw.createStatement()) {
            statement.executeUpdate("ROLLBACK TO " + END);
            statement.executeUpdate("RELEASE " + END);
        }
        return true;
    }

    // ---- what is the same elsewhere ----

    /** Nothing of SQLite's commits unseen. */
    @Override
    public String transactionId() {
        return null;
    }

    @Override
    public Savepoints savepoints() {
        return savepoints;
    }

    @Override
    public <T> T wholly(Step<T> dataChange) throws SQLException {
        return dataChange.run();
    }

    @Override
    public List<String> generated(CapturedTable table) {
        return List.of();
    }

    private String one(String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    @Override
    public void close() {
        // The log goes with the connection.
    }
}
