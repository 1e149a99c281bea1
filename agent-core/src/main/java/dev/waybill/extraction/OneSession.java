// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import java.sql.Connection;
import java.sql.SQLException;

/** A database that has no agent yet, by one connection: what is done there needs no lease. One thread. */
record OneSession(Connection raw, Dialect dialect) implements AgentDatabase {

    @Override
    public <T> T transact(DurableStep step, Work<T> work) throws SQLException {
        boolean well = false;
        try {
            dialect.beginWriting(raw);
            T result = work.run(raw);
            raw.commit();
            well = true;
            return result;
        } finally {
            if (!well) {
                raw.rollback();
            }
        }
    }

    @Override
    public <T> T read(Work<T> work) throws SQLException {
        try {
            return work.run(raw);
        } finally {
            raw.rollback();
        }
    }

    @Override
    public <T> T readSnapshot(Work<T> work) throws SQLException {
        throw new UnsupportedOperationException("nothing of a database that is being filled is read at a snapshot");
    }

    @Override
    public void makeDurable() throws SQLException {
        dialect.makeDurable(raw);
        raw.commit();
    }

    @Override
    public StepGuard guard() {
        return StepGuard.PLAIN;
    }
}
