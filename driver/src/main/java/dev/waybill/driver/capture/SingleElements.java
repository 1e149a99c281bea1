// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** One execution of a prepared statement's batch element by element, as H2 does it: all of them, whatever fails. Under the connection's lock. */
final class SingleElements {

    private final CapturingConnection connection;
    private final CapturingPrepared statement;
    private final List<Object[]> values;
    private final List<Binding> bindings;
    private final Call call;

    SingleElements(CapturingConnection connection, CapturingPrepared statement, BatchElements elements, boolean large) {
        this.connection = connection;
        this.statement = statement;
        this.values = List.copyOf(elements.values());
        this.bindings = List.copyOf(elements.bindings());
        this.call = large ? Call.LARGE_UPDATE : Call.UPDATE;
    }

    /**
     * Runs them. An empty batch at the end makes the raw statement forget the keys of the last one.
     *
     * @param table whose rows the application may see as generated keys; null for none
     */
    BatchOutcome run(CapturedTable table) throws SQLException {
        statement.bareStatement().clearBatch();
        if (connection.session().batchesStop()) {
            statement.bareStatement().executeBatch(); // HSQLDB runs nothing else before
        }
        boolean known = statement.bound() != null;
        if (!known && connection.session().batchesAreWhole()) {
            return WholeBatch.run(connection, bindings, element -> {
                bind(element);
                return statement.execute(call).updateCount();
            }, element -> statement.sql());
        }
        int size = known ? values.size() : bindings.size();
        boolean stops = connection.session().batchesStop();
        BatchCounts counts = new BatchCounts(size, call == Call.LARGE_UPDATE, connection.session());
        GatheredKeys gathered = new GatheredKeys();
        for (int i = 0; i < size && !counts.isOver(); i++) {
            int element = i;
            counts.add(() -> {
                if (known) {
                    bind(values.get(element));
                } else {
                    bind(bindings.get(element));
                }
                Outcome outcome = statement.execute(call);
                gathered.add(outcome.generatedKeys());
                return outcome.updateCount();
            });
        }
        if (!stops) {
            statement.bareStatement().executeBatch();
        }
        ResultSet keys = table == null || gathered.isNothing() ? null : connection.views().forwardOnly(connection.session().rows(table.name(), gathered));
        statement.failedWith(keys);
        return counts.outcome(keys);
    }

    /** The raw statement may have been prepared anew after the element before. */
    private void bind(Object[] element) throws SQLException {
        BoundParameters.bind(element, statement.bareStatement());
        if (statement.bound() != null) {
            statement.bound().become(element);
        }
    }

    private void bind(Binding element) throws SQLException {
        element.apply(statement.bareStatement(), null);
        if (statement.form().binding() != null) {
            statement.form().binding().become(element);
        }
    }
}
