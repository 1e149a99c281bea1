// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.capture.ConnectionCapture.PreparedWork;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A prepared statement that captures nothing. */
record PassThroughPrepared(PreparedStatement raw) implements PreparedWork {

    @Override
    public Outcome execute(Call call) throws SQLException {
        return RawExecution.execute(raw, call);
    }

    @Override
    public void addBatch() throws SQLException {
        raw.addBatch();
    }

    @Override
    public void clearBatch() throws SQLException {
        raw.clearBatch();
    }

    @Override
    public BatchOutcome executeBatch(boolean large) throws SQLException {
        return RawExecution.executeBatch(raw, large);
    }

    @Override
    public void close() {
        // The raw statement is the proxy's to close.
    }
}
