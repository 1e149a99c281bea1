// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.LocalNames;
import dev.waybill.error.WaybillError;
import dev.waybill.rights.Rights;
import dev.waybill.rights.TableRights;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds the changes of one sender to what he may write (room {@code rights}). Tables and columns are looked at when a change is taken; where he has some rows of a table only, the row is read here before the change, and locked,
 * and read again after it. Whoever performs a change in another way than {@link BatchRunner} asks {@link #before} and {@link #after} too. One use for one apply, one thread.
 */
final class Guard {

    private final Statements statements;
    private final Rights rights;
    private final Blame blame;
    private final Map<Landing, Held> known = new IdentityHashMap<>();
    private TableShape last;

    Guard(Statements statements, Rights rights, Blame blame) {
        this.statements = statements;
        this.rights = rights;
        this.blame = blame;
    }

    /**
     * What has to be looked at for one landing.
     *
     * @param columns  that he may assign
     * @param moving   columns of which the question whose row it is depends; all where triggers or computed columns may decide it
     * @param question finds a row by its key
     */
    private record Held(TableRights rights, BitSet columns, BitSet moving, String question) {}

    /** A snapshot replaces whole tables. */
    void admitSnapshot() throws SQLException {
        if (!rights.isAll()) {
            throw refused("a snapshot");
        }
    }

    /** A statement is the word of the database above, and must be known to be. */
    void admitPassthrough() throws SQLException {
        if (!rights.isAll()) {
            throw refused("whatever a statement of PASSTHROUGH says");
        } else if (rights.unsigned() != null) {
            throw WaybillError.PASSTHROUGH_UNSIGNED.with(blame.sender(), blame.offset(), rights.unsigned());
        }
    }

    /** Before anything is asked about the table: under the sender's name, or the one that it has here. */
    void admit(TableShape shape) throws SQLException {
        if (rights.isAll() || shape == last) {
            return;
        }
        TableName name = TableName.of(shape);
        if (rights.of(name) == null && (name.isOurs() || rights.of(LocalNames.table(dialect(), name)) == null)) {
            throw refused("table " + name);
        }
        last = shape;
    }

    /** The columns that it assigns, and how it names the row. */
    void admit(Work work) throws SQLException {
        if (rights.isAll()) {
            return;
        }
        Held held = held(work.landing());
        int outside = work.columns().stream().filter(index -> !held.columns.get(index)).findFirst().orElse(-1);
        if (outside >= 0) {
            throw refused("column " + work.landing().column(outside).name() + " of table " + work.landing().table().name());
        } else if (held.rights.choosesRows() && work.kind() == Kind.TRUNCATE) {
            throw notHis(work);
        }
    }

    /** Whether rows of this landing are looked at one by one. */
    boolean choosesRows(Landing landing) throws SQLException {
        return !rights.isAll() && held(landing).rights.choosesRows();
    }

    /** The rows that are to be changed are his as they are. That an INSERT meets another one is found by the database: then {@link #meets} is asked. */
    void before(List<Work> works) throws SQLException {
        for (Work work : works) {
            if (work.kind() != Kind.INSERT && choosesRows(work.landing())) {
                find(work, work.keyImage());
                if (work.kind() == Kind.UPDATE_KEY) {
                    find(work, work.change().after());
                }
            }
        }
    }

    /** A row that stands where this one belongs is his, or he is not to hear more of it than that. */
    void meets(Work work) throws SQLException {
        if (work.kind() == Kind.INSERT && choosesRows(work.landing())) {
            find(work, work.change().after());
        }
    }

    /** The rows that were changed are his as they are now. */
    void after(List<Work> works) throws SQLException {
        for (Work work : works) {
            boolean asked = choosesRows(work.landing()) && work.kind() != Kind.DELETE && (work.kind() != Kind.UPDATE || work.touches(held(work.landing()).moving));
            if (asked && find(work, work.change().after()) != 1) {
                throw notHis(work);
            }
        }
    }

    /** How many rows have this key; all of them his. */
    private int find(Work work, RowImage key) throws SQLException {
        Held held = held(work.landing());
        PreparedStatement select = statements.prepare(held.question);
        int parameter = 1;
        for (int index : work.landing().keyOrder()) {
            dialect().bind(select, parameter++, key.value(index), work.landing().column(index).type());
        }
        int count = 0;
        try (ResultSet row = select.executeQuery()) {
            for (; row.next(); count++) {
                if (!held.rights.isHis(statements.raw(), dialect(), values(row, held.rights.looked())::get)) {
                    throw notHis(work);
                }
            }
        }
        return count;
    }

    private Map<String, Object> values(ResultSet row, List<ColumnShape> columns) throws SQLException {
        Map<String, Object> values = new HashMap<>();
        for (int index = 0; index < columns.size(); index++) {
            values.put(columns.get(index).name(), dialect().read(row, index + 1, columns.get(index).type()));
        }
        return values;
    }

    private Held held(Landing landing) throws SQLException {
        Held held = known.get(landing);
        if (held == null) {
            held = hold(landing);
            known.put(landing, held);
        }
        return held;
    }

    private Held hold(Landing landing) throws SQLException {
        TableRights his = his(landing.table().name());
        if (his == null) {
            throw refused("table " + landing.table().name());
        }
        Set<String> key = landing.keyOrder().stream().map(index -> landing.column(index).name()).collect(Collectors.toCollection(HashSet::new));
        if (his.choosesRows() && !landing.table().uniqueKeys().contains(key)) {
            throw refused("table " + landing.table().name() + " by columns that are no key of it here");
        }
        BitSet columns = new BitSet();
        BitSet moving = new BitSet();
        Set<String> looked = his.looked().stream().map(ColumnShape::name).collect(Collectors.toSet());
        boolean decidedHere = landing.table().triggers() || looked.stream().map(landing.table().columns()::get).anyMatch(column -> column == null || column.generated());
        for (int index = 0; index < landing.shape().columns().size(); index++) {
            columns.set(index, his.hasColumn(landing.column(index).name()));
            moving.set(index, decidedHere || looked.contains(landing.column(index).name()));
        }
        return new Held(his, columns, moving, his.choosesRows() ? question(landing, his) : null);
    }

    /** By the name that it has here; a database that finds its tables without a schema too finds the same one. */
    private TableRights his(TableName name) {
        TableRights his = rights.of(name);
        return his == null && name.schema().isEmpty() && !name.isOurs() ? rights.of(LocalNames.table(dialect(), name)) : his;
    }

    private String question(Landing landing, TableRights his) {
        return "SELECT " + his.looked().stream().map(dialect()::selected).collect(Collectors.joining(", ")) + statements.sql().fromByKey(landing) + dialect().forUpdate();
    }

    private Dialect dialect() {
        return statements.dialect();
    }

    private SQLException refused(String what) {
        return WaybillError.APPLY_NOT_ADMITTED.with(blame.sender(), blame.offset(), what);
    }

    private SQLException notHis(Work work) {
        return WaybillError.APPLY_ROW_NOT_ITS.with(work.kind(), work.landing().table().name(), work.keyText(), blame.offset(), blame.sender());
    }
}
