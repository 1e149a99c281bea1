// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.RowWriter;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the elements of a prepared statement's batch are bound to, as far as that is kept: as the rows that they make, in binary form one behind the other, as long as all are known; otherwise as values. Used by the thread of the statement.
 */
final class BatchElements {

    private static final int FIRST_ROWS = 64;
    private static final int ROW_BYTES = 64;

    /** Room for more rows than this is given back. */
    private static final int MAX_KEPT = 1 << 14;

    private final List<Binding> bindings = new ArrayList<>();
    private List<Object[]> values = new ArrayList<>();
    private RowWriter rows;
    private int[] ends;
    private int count;
    private PlainInsert encodedBy;

    /**
     * What is bound now is one.
     *
     * @param insert what the statement is planned as; null when it is no such insert any more
     */
    void add(PreparedForm form, PlainInsert insert) {
        BoundParameters bound = form.bound();
        if (bound != null) {
            if (!values.isEmpty() || !encode(bound, insert)) {
                values().add(bound.values());
            }
            bound.renew();
            bound.settle();
        }
        if (form.binding() != null) {
            bindings.add(form.binding().copy());
        }
    }

    private boolean encode(BoundParameters bound, PlainInsert insert) {
        if (insert == null || !insert.isWhole() || count > 0 && insert != encodedBy) {
            return false;
        }
        if (rows == null) {
            rows = new RowWriter(FIRST_ROWS * ROW_BYTES);
            ends = new int[FIRST_ROWS];
        }
        if (!insert.encode(bound, rows)) {
            return false;
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
        }
        ends[count++] = rows.size();
        encodedBy = insert;
        return true;
    }

    /** There is none any more. */
    void clear() {
        bindings.clear();
        forgetValues();
    }

    /** Another list, not the same one emptied: many new arrays in an old list cost the collector more than a list that is as young as they are. */
    void forgetValues() {
        if (!values.isEmpty()) {
            values = new ArrayList<>();
        }
        forgetRows();
    }

    private void forgetRows() {
        if (count > 0) {
            rows.clear();
            count = 0;
            ends = ends.length > MAX_KEPT ? new int[FIRST_ROWS] : ends;
        }
    }

    /** It has run. What the last element was bound to stays bound, as on the raw statement. */
    void end(BoundParameters bound) {
        bindings.clear();
        if (bound != null && bound.isChanged() && size() > 0) {
            bound.become(last());
            bound.settle();
        }
        forgetValues();
    }

    /** How many elements there are whose values are known, in whatever form. */
    int size() {
        return count + values.size();
    }

    /** Whether the elements are rows in binary form that this insert makes. */
    boolean areRowsOf(PlainInsert insert) {
        return count > 0 && insert == encodedBy;
    }

    /** Where they stand. */
    RowWriter rows() {
        return rows;
    }

    /** Where a row begins; that behind the last one: where they end. */
    int start(int element) {
        return element == 0 ? 0 : ends[element - 1];
    }

    /** The values of the elements, of which each is a row. Rows are taken apart. */
    List<Object[]> values() {
        for (int i = 0; i < count; i++) {
            values.add(encodedBy.values(rows, start(i)));
        }
        forgetRows();
        return values;
    }

    /** The setters that were called for each. */
    List<Binding> bindings() {
        return bindings;
    }

    /** The values of the last one. */
    Object[] last() {
        return values().get(values.size() - 1);
    }

    /** Some of them. */
    BatchElements part(int from, int to) {
        BatchElements part = new BatchElements();
        if (size() > 0) {
            part.values.addAll(values().subList(from, to));
        }
        if (!bindings.isEmpty()) {
            part.bindings.addAll(bindings.subList(from, to));
        }
        return part;
    }

    /** Adds them to the batch of another statement, whether they are kept as values or as what was called. */
    void addAllTo(PreparedStatement statement) throws SQLException {
        addTo(statement);
        for (int i = 0; size() == 0 && i < bindings.size(); i++) {
            bindings.get(i).apply(statement, null);
            statement.addBatch();
        }
    }

    /** Adds them to the batch of another statement. */
    void addTo(PreparedStatement statement) throws SQLException {
        for (Object[] element : values()) {
            BoundParameters.bind(element, statement);
            statement.addBatch();
        }
    }
}
