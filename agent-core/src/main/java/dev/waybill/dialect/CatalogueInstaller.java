// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Makes, upgrades and removes our tables. Stateless; any thread, and two at once on one database.
 *
 * <p>Where DDL is part of a transaction, everything is one. DDL commits by itself on many databases, so there a crash can come between any two statements. The row of {@code waybill.catalogue} says how far it got: no row or {@code version} −1 is a
 * catalogue in the making (finished by the next install; thrown away first when its maker had another format), 0 and above one that was made to the end. Upgrade steps raise the format one
 * by one, each after its statements.
 */
public final class CatalogueInstaller {

    /** The format of the tables that this program makes and knows. */
    public static final int FORMAT = 15;

    private static final int IN_THE_MAKING = -1;

    private final Dialect dialect;
    private final Supplier<UUID> incarnations;
    private final InstantSource clock;
    private final int format;
    private final List<Dialect.UpgradeStep> steps;

    /**
     * @param incarnations gives a fresh random id for every catalogue that is made
     */
    public CatalogueInstaller(Dialect dialect, Supplier<UUID> incarnations, InstantSource clock) {
        this(dialect, incarnations, clock, FORMAT, dialect.upgradeSteps());
    }

    CatalogueInstaller(Dialect dialect, Supplier<UUID> incarnations, InstantSource clock, int format, List<Dialect.UpgradeStep> steps) {
        this.dialect = dialect;
        this.incarnations = incarnations;
        this.clock = clock;
        this.format = format;
        this.steps = List.copyOf(steps);
    }

    /**
     * Our tables are there, whole and at {@link #FORMAT}, whatever was before. Commits what is open on the connection.
     *
     * @return whether anything was changed
     * @throws SQLException CATALOGUE_TOO_NEW, or CATALOGUE_FOREIGN when the schema is somebody else's; nothing was changed then
     */
    public boolean install(Connection raw) throws SQLException {
        boolean autoCommit = raw.getAutoCommit();
        begin(raw);
        try {
            boolean changed = makeOrUpgrade(raw);
            end(raw, true);
            return changed;
        } catch (SQLException | RuntimeException failed) {
            end(raw, false);
            throw failed;
        } finally {
            raw.setAutoCommit(autoCommit);
        }
    }

    /** One transaction where DDL is part of one; otherwise each statement by itself. */
    private void begin(Connection raw) throws SQLException {
        if (!raw.getAutoCommit()) {
            raw.commit();
        }
        raw.setAutoCommit(!dialect.hasTransactionalDdl());
        if (dialect.hasTransactionalDdl()) {
            dialect.lockInstallation(raw);
        }
    }

    private void end(Connection raw, boolean well) throws SQLException {
        if (dialect.hasTransactionalDdl()) {
            if (well) {
                raw.commit();
            } else {
                raw.rollback();
            }
        }
    }

    private boolean makeOrUpgrade(Connection raw) throws SQLException {
        State state = look(raw);
        if (state.version < 0) {
            make(raw, state);
            return true;
        }
        return upgrade(raw, state.format);
    }

    /**
     * Checks that this program knows the catalogue that is there; changes nothing.
     *
     * @return whether it has to be installed or upgraded before use
     * @throws SQLException CATALOGUE_TOO_NEW, CATALOGUE_FOREIGN
     */
    public boolean needsInstall(Connection raw) throws SQLException {
        State state = look(raw);
        return state.version < 0 || state.format < format;
    }

    /** Every trace of ours is gone. Commits what is open on the connection. */
    public void uninstall(Connection raw) throws SQLException {
        look(raw);
        if (dialect.triggers() != null) {
            dialect.triggers().uncoverAll(raw);
        }
        execute(raw, dialect.removalStatements());
        if (!raw.getAutoCommit()) {
            raw.commit();
        }
    }

    /** Everything that install does on an empty database, to be run by somebody who has the right to. */
    public List<String> printable() {
        List<String> statements = new ArrayList<>(dialect.catalogueStatements());
        Object now = dialect.moment(clock.instant());
        statements.add("INSERT INTO %s (one, format, version, incarnation, created_at) VALUES (1, %d, 0, '%s', '%s')"
                .formatted(dialect.catalogueTable("catalogue"), format, incarnations.get(), now));
        statements.addAll(firstRows());
        return List.copyOf(statements);
    }

    private List<String> firstRows() {
        String zero = dialect.literal(new byte[16]);
        return List.of("INSERT INTO %s (one, token) SELECT 1, 0%s WHERE NOT EXISTS (SELECT * FROM %1$s)".formatted(dialect.catalogueTable("lease"), dialect.fromNothing()),
                "INSERT INTO %s (one, log_offset, digest, trimmed_to, trimmed_digest) SELECT 1, 0, %s, 0, %2$s%s WHERE NOT EXISTS (SELECT * FROM %1$s)"
                        .formatted(dialect.catalogueTable("journal_head"), zero, dialect.fromNothing()));
    }

    private record State(boolean hasRow, int format, long version) {}

    private State look(Connection raw) throws SQLException {
        Set<String> tables = Set.copyOf(dialect.tableNames(raw, dialect.fold("waybill")));
        if (!tables.contains(dialect.fold("catalogue"))) {
            if (!tables.isEmpty()) {
                throw WaybillError.CATALOGUE_FOREIGN.with(dialect.fold("waybill"), tables.iterator().next());
            }
            return new State(false, format, IN_THE_MAKING);
        }
        try (Statement statement = raw.createStatement();
                ResultSet row = statement.executeQuery("SELECT format, version FROM " + dialect.catalogueTable("catalogue"))) {
            if (!row.next()) {
                return new State(false, format, IN_THE_MAKING);
            }
            if (row.getInt(1) > format) {
                throw WaybillError.CATALOGUE_TOO_NEW.with(row.getInt(1), format);
            }
            return new State(true, row.getInt(1), row.getLong(2));
        }
    }

    private void make(Connection raw, State state) throws SQLException {
        if (state.hasRow && state.format != format) {
            execute(raw, dialect.removalStatements());
        }
        List<String> statements = dialect.catalogueStatements();
        int begun = firstTable(statements) + 1;
        executeAgain(raw, statements.subList(0, begun));
        insertRow(raw);
        executeAgain(raw, statements.subList(begun, statements.size()));
        for (String row : firstRows()) {
            insertFirst(raw, row);
        }
        execute(raw, List.of("UPDATE " + dialect.catalogueTable("catalogue") + " SET version = 0 WHERE version = " + IN_THE_MAKING));
    }

    /** The catalogue itself, whose row says how far the others have got. */
    private static int firstTable(List<String> statements) {
        int index = 0;
        while (!statements.get(index).startsWith("CREATE TABLE") && !statements.get(index).startsWith("CREATE CACHED TABLE")) {
            index++;
        }
        return index;
    }

    /** Inserts one of the rows of which there is one; somebody else who installs at the same time may be first. */
    private void insertFirst(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            if (dialect.classify(e) != Dialect.ErrorClass.DUPLICATE) {
                throw e;
            }
        }
    }

    private void insertRow(Connection raw) throws SQLException {
        String table = dialect.catalogueTable("catalogue");
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO " + table
                + " (one, format, version, incarnation, created_at) SELECT 1, ?, ?, ?, ?" + dialect.fromNothing() + " WHERE NOT EXISTS (SELECT * FROM " + table + ")")) {
            insert.setInt(1, format);
            insert.setInt(2, IN_THE_MAKING);
            insert.setObject(3, dialect.uuid(incarnations.get()));
            insert.setObject(4, dialect.moment(clock.instant()));
            insert.executeUpdate();
        } catch (SQLException e) {
            if (dialect.classify(e) != Dialect.ErrorClass.DUPLICATE) {
                throw e;
            }
            // Somebody else is installing at the same time and was first: his row serves both.
        }
    }

    private boolean upgrade(Connection raw, int from) throws SQLException {
        for (int at = from; at < format; at++) {
            for (Dialect.UpgradeStep step : steps) {
                if (step.from() == at) {
                    execute(raw, step.statements());
                }
            }
            execute(raw, List.of("UPDATE %s SET format = %d WHERE format = %d".formatted(dialect.catalogueTable("catalogue"), at + 1, at)));
        }
        return from < format;
    }

    /** Somebody else who installs at the same time may come between the look of an IF NOT EXISTS and its deed, which then fails; the second time it looks again. */
    private void executeAgain(Connection raw, List<String> statements) throws SQLException {
        for (String sql : statements) {
            try {
                execute(raw, List.of(sql));
            } catch (SQLException first) {
                if (dialect.hasTransactionalDdl()) {
                    throw first;
                }
                execute(raw, List.of(sql));
            }
        }
    }

    private static void execute(Connection raw, List<String> statements) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
