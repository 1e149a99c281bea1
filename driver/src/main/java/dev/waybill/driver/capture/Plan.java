// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.change.TableName;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.ForeignKey;
import dev.waybill.driver.facts.Quoting;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What becomes of a statement's text: made once for a catalogue version, then only looked up. Immutable; any thread. */
sealed interface Plan {

    /** Whether it may write, so that the connection has to be marked as writing before it runs. */
    default boolean writes() {
        return true;
    }

    /** Whether it writes rows, which a driver may do before it refuses the way in which it was called. */
    default boolean mayRefuseLate() {
        return this instanceof Unpublished || this instanceof Returning || this instanceof Cascading || this instanceof KeyUpdate || this instanceof WatchedUpdate || this instanceof TruncateTables || this instanceof Script;
    }

    /** Whether it runs statements of ours with the parameters of the application's. */
    default boolean needsParameters() {
        return false;
    }

    /** The published table whose rows an execution can show as generated keys; null when it shows none, or those of the raw statement itself. */
    default CapturedTable keyed() {
        return null;
    }

    /** It writes to one published table, whose rows it can show as generated keys, and statements of ours with its parameters tell them. */
    sealed interface OfKeyedTable extends Plan {

        /** The table. */
        CapturedTable table();

        @Override
        default CapturedTable keyed() {
            return table();
        }

        @Override
        default boolean needsParameters() {
            return true;
        }
    }

    /** It goes to the database as it is, and writes nothing that could be published: reads, session settings that do not commit. */
    record Pass() implements Plan {
        static final Pass PLAN = new Pass();

        @Override
        public boolean writes() {
            return false;
        }
    }

    /** It writes to a table that is not published: it goes to the database as it is; the tables are remembered until the commit compares catalogue versions. */
    record Unpublished(List<TableName> tables) implements Plan {
        public Unpublished {
            tables = List.copyOf(tables);
        }
    }

    /**
     * The generated-keys channel gives the rows as they are after it: INSERT, UPDATE that leaves the key, MERGE.
     *
     * @param plain for an INSERT whose row may be known from its parameters; otherwise null
     */
    record KeysWrite(CapturedTable table, Operation operation, PlainInsert plain) implements Plan {
        @Override
        public CapturedTable keyed() {
            return table;
        }

        KeysWrite(CapturedTable table, Operation operation) {
            this(table, operation, null);
        }
    }

    /**
     * DELETE: see {@link Deleting}.
     *
     * @param sql         the DELETE by itself
     * @param oldTableSql {@code SELECT key FROM OLD TABLE (DELETE …)}
     * @param keysSql     the locking read of the keys of the rows that it would delete
     * @param all         whether it deletes all rows of the table
     */
    record DeleteWrite(CapturedTable table, String sql, String oldTableSql, String keysSql, boolean all) implements Plan {
        @Override
        public boolean needsParameters() {
            return true;
        }
    }

    /**
     * UPDATE that may change keys: a locking read before it tells the old keys, and where the text says so the new ones, so that old and new find each other.
     *
     * @param before     the locking read: {@link CapturedTable#oldColumns}, then for {@code foretold} the key as it will be
     * @param parameters of the statement's own parameters those that the read needs
     * @param foretold   whether the new keys are read, too
     */
    record KeyUpdate(CapturedTable table, String before, int[] parameters, boolean foretold) implements OfKeyedTable {}

    /**
     * An UPDATE that leaves the key and may change what conditions of publications look at.
     *
     * @param before     the locking read: {@link CapturedTable#oldColumns}
     * @param parameters of the statement's own parameters those that the read needs
     */
    record WatchedUpdate(CapturedTable table, String before, int[] parameters) implements OfKeyedTable {}

    /**
     * INSERT … ON DUPLICATE KEY UPDATE: what was inserted is told by the generated-keys channel; what was updated is found after it, by the unique keys of the rows that were to be inserted.
     *
     * @param lookups locking reads of the captured columns
     */
    record Upsert(CapturedTable table, List<Lookup> lookups) implements OfKeyedTable {
        public Upsert {
            lookups = List.copyOf(lookups);
        }

        /** @param parameters of the statement's own parameters those that the read needs */
        record Lookup(String sql, int[] parameters) {}
    }

    /**
     * MERGE that can delete: a locking read before it tells which rows match.
     *
     * @param before     the locking read of their {@link CapturedTable#oldColumns}
     * @param parameters of the statement's own parameters those that the read needs
     */
    record MergeDelete(CapturedTable table, String before, int[] parameters) implements OfKeyedTable {}

    /**
     * TRUNCATE of a published table.
     *
     * @param delete  the DELETE that does the same: DeleteWrite, on MariaDB MariaDbReturning
     * @param restart what restarts the identity; null when that is not wanted
     */
    record Truncate(Plan delete, String restart) implements Plan {
        @Override
        public boolean needsParameters() {
            return true;
        }
    }

    /**
     * A statement that gets columns of ours in its RETURNING clause, behind those of the application: {@code merge_action()} for MERGE, then where they are told the key's columns as they were, then the columns that are taken (of a DELETE the key's).
     *
     * @param statement without its RETURNING
     * @param own       what the application wants returned; null when it has no such clause
     * @param with      what has to stand before a list that is ours alone
     * @param ours      our columns
     * @param old       whether keys as they were are among them
     * @param plain     for an INSERT whose row may be known from its parameters; otherwise null
     */
    record Returning(CapturedTable table, Effect effect, String statement, String own, String with, String ours, boolean old, PlainInsert plain) implements Plan {

        /** What becomes of the rows. MOVE is an UPDATE that may change keys. */
        enum Effect { INSERT, UPDATE, UPSERT, DELETE, MOVE, MERGE }

        /** What to run for an application that asks for these keys; indexes are refused by the driver. */
        String sql(KeyRequest keys) {
            if (own != null) {
                return statement + "\nRETURNING " + own + ", " + ours;
            }
            String asked = keys instanceof KeyRequest.Names names ? Arrays.stream(names.columns()).map(Quoting::quote).collect(Collectors.joining(", ", "", ", ")) : keys instanceof KeyRequest.Generated ? "*, " : "";
            return statement + "\nRETURNING " + with + asked + ours;
        }

        /** How many columns are ours. */
        int width() {
            return (effect == Effect.MERGE ? 1 : 0) + (old ? table.old().length : 0) + (effect == Effect.DELETE ? table.old().length : table.taken().length);
        }
    }

    /**
     * UPDATE or DELETE whose rows are read and locked before it, on products that do not tell them; see {@link PinnedWriting}.
     *
     * @param pins       the tables whose rows have to be known
     * @param asWritten  whether it runs as it is, since its count tells whether its rows were those; otherwise {@code head}, the rows, {@code tail}
     * @param head       its text up to the place where its rows are named
     * @param tail       what stands behind that
     * @param parameters of the statement's own parameters those in {@code head}; there are none in {@code tail}
     * @param together   whether all rows have to be named at once
     */
    record PinnedWrite(boolean deletes, List<Pin> pins, boolean asWritten, String head, String tail, int[] parameters, boolean together) implements Plan {
        public PinnedWrite {
            pins = List.copyOf(pins);
        }

        @Override
        public boolean needsParameters() {
            return true;
        }

        /**
         * One table that it writes to.
         *
         * @param table      the same when it is published; otherwise null
         * @param qualifier  its name before a column in the statement, with the point; empty where it needs none
         * @param read       a locking read of the rows: {@link CapturedTable#oldColumns}, then for {@code moves} the key as it will be; of a table that is not published {@link CascadeWalk#columns}
         * @param parameters of the statement's own parameters those that the read needs
         * @param walks      whether foreign keys change other rows with these
         * @param updates    the foreign keys to follow for an UPDATE; null for a DELETE
         * @param moves      whether keys change
         * @param outer      whether a row of the join may have none of this table
         * @param lock       a write that changes nothing and locks the rows, where reading them does not; otherwise null
         */
        record Pin(TableName name, CapturedTable table, String qualifier, String read, int[] parameters, boolean walks, List<ForeignKey> updates, boolean moves, boolean outer, Upsert.Lookup lock) {
            Pin(TableName name, CapturedTable table, String qualifier, String read, int[] parameters, boolean walks, List<ForeignKey> updates, boolean moves, boolean outer) {
                this(name, table, qualifier, read, parameters, walks, updates, moves, outer, null);
            }
        }
    }

    /**
     * A statement on MariaDB with our columns at the end of its RETURNING clause; see {@link ReturnedRows}.
     *
     * @param sql     with them
     * @param own     whether the application has such a clause itself
     * @param counter the status variables that tell how many rows were there before; empty where each row counts once
     */
    record MariaDbReturning(CapturedTable table, Operation operation, String sql, boolean own, String counter) implements Plan {
        @Override
        public boolean needsParameters() {
            return true;
        }
    }

    /**
     * INSERT on MariaDB; see {@link Inserting}.
     *
     * @param returning the statement with our columns in a RETURNING clause
     * @param lookup    a read of the inserted rows by the keys that the text gives; null where it does not give them
     * @param generated whether the key is drawn by the database
     * @param rows      how many rows its text gives; 0 for those of a query
     * @param ignore    whether rows that are there already, or do not fit, are left out
     */
    record MariaDbInsert(CapturedTable table, String returning, Upsert.Lookup lookup, boolean generated, int rows, boolean ignore) implements OfKeyedTable {}

    /**
     * INSERT … ON DUPLICATE KEY UPDATE or REPLACE on MariaDB: the rows with the unique keys that the text gives are read and locked before it, and those with the same keys after it; see {@link MariaDbUpserting}.
     *
     * @param before locking reads of keys, one for each unique key
     * @param after  locking reads of the captured columns, likewise
     */
    record MariaDbUpsert(CapturedTable table, List<Upsert.Lookup> before, List<Upsert.Lookup> after) implements OfKeyedTable {
        public MariaDbUpsert {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }
    }

    /**
     * TRUNCATE of PostgreSQL, which is part of its transaction: the keys of the rows are read under its lock.
     *
     * @param captured published tables, and parts of them, that it empties
     * @param all      every table that it empties
     */
    record TruncateTables(List<TableName> captured, List<TableName> all) implements Plan {
        public TruncateTables {
            captured = List.copyOf(captured);
            all = List.copyOf(all);
        }
    }

    /**
     * A definition that is part of its transaction: afterwards, tables and names may be others; for other connections when it has committed.
     *
     * @param temporary it may be that this session alone sees them
     */
    record Defines(boolean temporary) implements Plan {}

    /**
     * A query of FINAL TABLE or OLD TABLE: the same with the captured columns after those of the application, which then sees only its own.
     *
     * @param inner what the statement inside would be by itself: KeysWrite or DeleteWrite
     */
    record DeltaQuery(Plan inner, String sql) implements Plan {
        @Override
        public boolean needsParameters() {
            return true;
        }
    }

    /**
     * DELETE or UPDATE of a table, published or not, by which foreign keys change rows of published ones.
     *
     * @param inner      what the statement would be without them
     * @param before     locking read of the rows that it changes: the columns of {@link CascadeWalk#columns}
     * @param parameters of the statement's own parameters those that the read needs
     * @param updates    the foreign keys to follow for an UPDATE; null for a DELETE
     * @param chosen     whether the database chooses the rows, as for LIMIT: then those that were read and those that are deleted have to be the same
     */
    record Cascading(Plan inner, TableName parent, String before, int[] parameters, List<ForeignKey> updates, boolean chosen) implements Plan {
        Cascading(Plan inner, TableName parent, String before, int[] parameters, List<ForeignKey> updates) {
            this(inner, parent, before, parameters, updates, false);
        }

        @Override
        public CapturedTable keyed() {
            return inner.keyed();
        }

        @Override
        public boolean needsParameters() {
            return true;
        }
    }

    /** It ends or divides the transaction, as text. */
    record TransactionText(Verb verb, String savepoint) implements Plan {
        @Override
        public boolean writes() {
            return false;
        }

        /** What it does. */
        enum Verb { COMMIT, ROLLBACK, SAVEPOINT, ROLLBACK_TO, RELEASE, AUTOCOMMIT_ON, AUTOCOMMIT_OFF, BEGIN }
    }

    /**
     * It is not known to leave the transaction open: what is captured so far is made ready to go along.
     *
     * @param defines   afterwards, tables and names may be others
     * @param temporary and it may be that this session alone sees them
     * @param written   the table that is not published and whose rows it takes away; null for none
     */
    record MayCommit(boolean defines, boolean temporary, TableName written) implements Plan {
        MayCommit(boolean defines) {
            this(defines, false, null);
        }
    }

    /** It changes what names, or times without a zone, mean on this connection only. */
    record Names() implements Plan {
        static final Names PLAN = new Names();

        @Override
        public boolean writes() {
            return false;
        }
    }

    /** Several statements in one text, each run by its own plan; at least one of them needs more than to be passed on. */
    record Script(List<String> statements) implements Plan {}

    /** It may write to a published table, and nobody can say exactly what: the setting {@code waybill.uncaptured} decides. */
    record Uncaptured(String why, boolean mayCommit) implements Plan {}

    /** It is refused, whatever the settings. */
    record Refused(Refusal refusal) implements Plan {
        @Override
        public boolean writes() {
            return false;
        }
    }

    /** It is ours, or begins like one of ours. */
    record Own() implements Plan {
        static final Own PLAN = new Own();

        @Override
        public boolean writes() {
            return false;
        }

        /** It has none; what keeps them tells how many elements a batch has. */
        @Override
        public boolean needsParameters() {
            return true;
        }
    }

    /** Makes the exception anew each time. */
    @FunctionalInterface
    interface Refusal {
        SQLException exception();
    }
}
