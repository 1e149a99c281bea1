// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What the elements of a prepared statement's batch are bound to, as far as that is kept. Used by the thread of the statement. */
final class BatchElements {

    private final List<Binding> bindings = new ArrayList<>();
    private List<Object[]> values = new ArrayList<>();

    /** What is bound now is one. */
    void add(PreparedForm form) {
        if (form.bound() != null) {
            values.add(form.bound().take());
        }
        if (form.binding() != null) {
            bindings.add(form.binding().copy());
        }
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
    }

    /** It has run. What the last element was bound to stays bound, as on the raw statement. */
    void end(BoundParameters bound) {
        bindings.clear();
        if (bound != null && !values.isEmpty()) {
            bound.become(last());
        }
        forgetValues();
    }

    /** The values of the elements, of which each is a row. */
    List<Object[]> values() {
        return values;
    }

    /** The setters that were called for each. */
    List<Binding> bindings() {
        return bindings;
    }

    /** The values of the last one. */
    Object[] last() {
        return values.get(values.size() - 1);
    }

    /** Adds them to the batch of another statement. */
    void addTo(PreparedStatement statement) throws SQLException {
        for (Object[] element : values) {
            BoundParameters.bind(element, statement);
            statement.addBatch();
        }
    }
}
