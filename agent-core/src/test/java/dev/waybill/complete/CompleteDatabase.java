// SPDX-License-Identifier: Apache-2.0
package dev.waybill.complete;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.journal.Journal;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.JournalScan;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Sequenced;
import dev.waybill.journal.Sequencer;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.InProcessBoard;
import dev.waybill.statement.WaybillStatement;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** A database with complete capture, to which everybody writes by the bare driver. */
public final class CompleteDatabase implements AutoCloseable {

    private final String url;
    public final Dialect dialect;
    private final Connection administrator;
    private final Connection agent;
    private final Sequencer sequencer;

    /** On PostgreSQL. */
    CompleteDatabase(String... tables) throws SQLException {
        this(PostgresServer.running().freshDatabase().url(), List.of(tables));
    }

    /** On MariaDB. */
    public static CompleteDatabase onMariaDb(String... tables) throws SQLException {
        return new CompleteDatabase(MariaDbServer.running().freshDatabase().url(), List.of(tables));
    }

    private CompleteDatabase(String url, List<String> tables) throws SQLException {
        this.url = url;
        administrator = connect();
        agent = connect();
        dialect = Dialects.of(administrator);
        sequencer = new Sequencer(dialect, InstantSource.system());
        execute(tables.toArray(String[]::new));
        say(false, "GRANT PUBLISH TO hq");
        dialect.beginAgentSession(agent);
        agent.setAutoCommit(false);
        agent.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }

    /** Publishes, captured by triggers. */
    public CompleteDatabase publishing(String tables) throws SQLException {
        say(true, "CREATE PUBLICATION everything (" + tables + ")");
        return this;
    }

    void say(boolean complete, String... statements) throws SQLException {
        say(complete, Duration.ofSeconds(60), statements);
    }

    void say(boolean complete, Duration patience, String... statements) throws SQLException {
        for (String sql : statements) {
            WaybillStatement.parse(sql).execute(new Administration(administrator, dialect, new InProcessBoard(), InstantSource.system(), false, patience, complete));
        }
    }

    /** Each by itself, as a program without our driver does. */
    public void execute(String... statements) throws SQLException {
        try (Connection bare = connect(); Statement statement = bare.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** A bare writer's. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Of another user, who needs no password. */
    Connection connectAs(String user) throws SQLException {
        return DriverManager.getConnection(url.replaceFirst("user=[^&]*", "user=" + user));
    }

    /** The connection on which a message agent works. */
    public Connection agent() {
        return agent;
    }

    Catalogue catalogue() throws SQLException {
        return CatalogueStore.load(administrator, dialect);
    }

    void uninstall() throws SQLException {
        new CatalogueInstaller(dialect, UUID::randomUUID, InstantSource.system()).uninstall(administrator);
    }

    void sequence() throws SQLException {
        Sequenced done;
        do {
            done = sequencer.sequence(agent);
            agent.commit();
        } while (done.more());
    }

    /** The journal, transaction by transaction. */
    List<List<Change>> journal() throws SQLException, IOException {
        return journal(new Rows());
    }

    private List<List<Change>> journal(Rows replica) throws SQLException, IOException {
        sequence();
        List<List<Change>> transactions = new ArrayList<>();
        Journal journal = new Journal(dialect);
        try (JournalScan scan = journal.scan(agent, LogOffset.ZERO, journal.head(agent).offset())) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                List<Change> changes = new ArrayList<>();
                try (TransactionReader reader = new TransactionReader(entry.open())) {
                    for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                        if (record instanceof Change change) {
                            changes.add(change);
                            replica.apply(change);
                        }
                    }
                }
                transactions.add(changes);
            }
        }
        agent.commit();
        return transactions;
    }

    /** The journal makes exactly the content of the published tables, step by step; nothing that triggers wrote is left. */
    public List<List<Change>> assertCaptured() throws SQLException, IOException {
        Rows replica = new Rows();
        List<List<Change>> journal = journal(replica);
        for (Map.Entry<TableName, TableShape> table : catalogue().captured().entrySet()) {
            assertThat(replica.of(table.getKey().toString())).as("replayed content of " + table.getKey()).isEqualTo(content(table.getValue()));
        }
        for (String table : dialect.name().equals("mariadb") ? List.of("trigger_row", "outbox") : List.of("trigger_row", "trigger_end", "outbox")) {
            assertThat(text("SELECT count(*) FROM " + dialect.catalogueTable(table) + (dialect.name().equals("mariadb") && table.equals("trigger_row") ? " WHERE writer > 0" : ""))).as(table).isEqualTo("0");
        }
        return journal;
    }

    private Map<String, List<String>> content(TableShape shape) throws SQLException, IOException {
        Map<String, List<String>> rows = new TreeMap<>();
        String columns = shape.columns().stream().map(dialect::selected).collect(Collectors.joining(", "));
        try (Statement statement = agent.createStatement(); ResultSet row = statement.executeQuery("SELECT " + columns + " FROM " + dialect.quote(shape.schema(), shape.name()))) {
            while (row.next()) {
                Object[] values = new Object[shape.columns().size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = dialect.read(row, i + 1, shape.columns().get(i).type());
                }
                RowImage image = new RowImage(values);
                rows.put(Rows.key(shape, image), Rows.row(image));
            }
        }
        agent.commit();
        return rows;
    }

    String text(String sql) throws SQLException {
        try (Connection bare = connect(); Statement statement = bare.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    @Override
    public void close() throws SQLException {
        agent.close();
        administrator.close();
    }
}
