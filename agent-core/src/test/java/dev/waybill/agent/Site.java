// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.aftercommit.JobConnections;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionWriter;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.durable.StepGuard;
import dev.waybill.journal.OutboxWriter;
import dev.waybill.link.Link;
import dev.waybill.link.LinkFactory;
import dev.waybill.notify.NoticeBoard;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Boards;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.InProcessBoard;
import dev.waybill.publication.Publications;
import dev.waybill.statement.WaybillStatement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** One database with its agent, whose cycles the test turns. Changes of the table {@code item} are written with their outbox rows, as capture does, unless triggers capture. */
final class Site implements AutoCloseable {

    static final String CREATE_ITEM = "CREATE TABLE item(id INT PRIMARY KEY, name VARCHAR(1000000), amount INT)";
    private static final String MARIADB = "mariadb";

    final String url;
    final Connection application;
    final Dialect dialect;
    final InProcessBoard board;
    private final InstantSource clock;
    private final LinkFactory links;
    private final Random random;
    private AgentSettings settings = AgentSettings.DEFAULTS;
    private MessageAgent agent;
    private AgentEvents events = AgentEvents.NONE;
    private StepGuard guard = StepGuard.PLAIN;
    private boolean complete;
    private JobConnections jobs;
    private NoticeBoard notices;

    Site(String url, InstantSource clock, LinkFactory links, long seed) throws SQLException {
        this.url = url;
        this.clock = clock;
        this.links = links;
        this.random = new Random(seed);
        this.application = DriverManager.getConnection(url);
        this.dialect = Dialects.of(application);
        this.board = Boards.of(dialect.databaseKey(application));
    }

    Site with(AgentSettings other) {
        settings = other;
        return this;
    }

    Site with(AgentEvents other) {
        events = other;
        return this;
    }

    Site guard(StepGuard other) {
        guard = other;
        return this;
    }

    /** From now on its agents run after-commit jobs, on these connections. */
    Site jobs(JobConnections connections) {
        jobs = connections;
        return this;
    }

    /** From now on its agents' notifiers reach who listens here. */
    Site notices(NoticeBoard board) {
        notices = board;
        return this;
    }

    /** From now on triggers capture what is published. */
    Site complete() throws SQLException {
        complete = true;
        new Publications(new Administration(application, dialect, board, clock, false, Duration.ofSeconds(60), true)).capture();
        return this;
    }

    /** Says statements, ours or the database's, each in auto-commit. */
    Site say(String... statements) throws SQLException {
        for (String sql : statements) {
            WaybillStatement ours = WaybillStatement.parse(sql);
            if (ours != null) {
                ours.execute(new Administration(application, dialect, board, clock, false, Duration.ofSeconds(5), complete));
            } else {
                try (Statement statement = application.createStatement()) {
                    statement.execute(local(sql));
                }
            }
        }
        return this;
    }

    /** Changes of rows in one transaction. */
    interface Work {
        void on(Writes writes) throws SQLException, IOException;
    }

    /** Runs the work in one transaction, captured. */
    Site write(Work work) throws SQLException, IOException {
        application.setAutoCommit(false);
        Writes writes = new Writes();
        work.on(writes);
        if (!complete) {
            writes.finish();
        }
        application.commit();
        application.setAutoCommit(true);
        board.signalCommit();
        return this;
    }

    /** Inserts one item in a transaction of its own. */
    Site insert(int id, String name) throws SQLException, IOException {
        return write(writes -> writes.insert(id, name));
    }

    /** Captured changes of one transaction. */
    final class Writes {
        private final UUID id = new UUID(random.nextLong(), random.nextLong());
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final TransactionWriter writer = new TransactionWriter(bytes);
        private final TableShape table;
        private long changes;

        Writes() throws SQLException, IOException {
            var catalogue = CatalogueStore.load(application, dialect);
            table = catalogue.captured(new TableName(dialect.hasSchemas() ? dialect.fold("public") : "", dialect.fold("item")));
            writer.write(new TransactionRecord.Begin(id, catalogue.publisher(), "", List.of()));
        }

        void insert(int key, String name) throws SQLException, IOException {
            run("INSERT INTO item VALUES (?, ?, ?)", key, name, key);
            change(Operation.INSERT, null, image(key, name, key));
        }

        void update(int key, String name) throws SQLException, IOException {
            run("UPDATE item SET name = ?, amount = ? WHERE id = ?", name, -key, key);
            change(Operation.UPDATE, null, image(key, name, -key));
        }

        void delete(int key) throws SQLException, IOException {
            run("DELETE FROM item WHERE id = ?", key);
            change(Operation.DELETE, new RowImage(new Object[] {(long) key, RowImage.ABSENT, RowImage.ABSENT}), null);
        }

        /** A statement for the branch, which is not executed here. */
        void pass(boolean defines, String statement) throws IOException {
            writer.write(new TransactionRecord.Passthrough(List.of("branch"), "", defines, statement));
            writer.write(new TransactionRecord.PassthroughEnd());
        }

        private RowImage image(int key, String name, int amount) {
            return new RowImage(new Object[] {(long) key, name, (long) amount});
        }

        private void change(Operation operation, RowImage before, RowImage after) throws IOException {
            writer.write(new TransactionRecord.Change(table, operation, null, before, after, List.of()));
            changes++;
        }

        private void run(String sql, Object... values) throws SQLException {
            try (PreparedStatement statement = application.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                statement.executeUpdate();
            }
        }

        private void finish() throws SQLException, IOException {
            writer.write(new TransactionRecord.End(clock.instant(), changes));
            byte[] all = bytes.toByteArray();
            try (OutboxWriter outbox = new OutboxWriter(dialect, application)) {
                int part = 0;
                for (int from = 0; from < all.length; from += OutboxWriter.MAX_PART_BYTES) {
                    int length = Math.min(OutboxWriter.MAX_PART_BYTES, all.length - from);
                    outbox.write(id, part++, from + length == all.length, all, from, length);
                }
            }
        }
    }

    /** The agent, opened when it is first asked for. */
    MessageAgent agent() throws SQLException {
        if (agent == null) {
            AgentSurroundings around = new AgentSurroundings(clock, ZoneOffset.UTC, random, Site::daemon, links, guard, events);
            AgentHome home = new AgentHome(url, dialect, () -> DriverManager.getConnection(url), board, settings, jobs, notices);
            agent = MessageAgent.open(home, "test" + random.nextInt(1000), around, false, () -> { });
        }
        return agent;
    }

    /** A stranger puts something into somebody's mailbox. */
    void drop(String address, byte[] content) throws IOException, SQLException {
        var type = CatalogueStore.load(application, dialect).messageTypes().get(0);
        try (Link link = links.open(type, AgentSettings.DEFAULTS.maxMessageBytes())) {
            link.send(address, content);
        }
    }

    /** One cycle. */
    Duration turn() throws SQLException {
        return agent().runOnce();
    }

    /** One batch of an agent that is opened for it and closed after it. */
    boolean batch() throws SQLException {
        restart();
        AgentSurroundings around = new AgentSurroundings(clock, ZoneOffset.UTC, random, Site::daemon, links, guard, events);
        try (MessageAgent batch = MessageAgent.open(new AgentHome(url, dialect, () -> DriverManager.getConnection(url), board, settings), "batch", around, true, () -> { })) {
            return batch.runBatch();
        }
    }

    /** One cycle, after which the agent may be dead. */
    void turnSurviving() throws SQLException {
        try {
            turn();
        } catch (Error crash) {
            if (crash instanceof AssertionError) {
                throw crash;
            }
            restart();
        }
    }

    /** The agent dies; the next cycle is that of a new one. */
    Site restart() {
        if (agent != null) {
            MessageAgent dying = agent;
            agent = null;
            dying.abandon();
        }
        return this;
    }

    static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "site");
        thread.setDaemon(true);
        return thread;
    }

    private String local(String sql) {
        return !dialect.hasSchemas() ? sql.replace("waybill.", "waybill_").replace("information_schema.tables WHERE upper(table_name)", "sqlite_schema WHERE upper(name)") : dialect.name().equals(MARIADB) ? sql.replace("waybill.", "waybill_").replace("VARCHAR(1000000)", "MEDIUMTEXT") : sql;
    }

    /** A query's rows as text, for comparing. */
    String rows(String sql) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (Statement statement = application.createStatement(); ResultSet rows = statement.executeQuery(local(sql))) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    text.append(rows.getString(i)).append(i == columns ? '\n' : '|');
                }
            }
        }
        return text.toString();
    }

    String items() throws SQLException {
        return rows("SELECT id, name, amount FROM item ORDER BY id");
    }

    /** One value of the only neighbour's row. */
    String neighbour(String column) throws SQLException {
        return rows("SELECT " + column + " FROM waybill.remote_user WHERE user_name IN ('hq', 'branch')").strip();
    }

    @Override
    public void close() throws SQLException {
        restart();
        application.close();
    }
}
