// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import java.sql.Connection;
import java.sql.SQLException;

/** An agent's database without lease and pool: a connection for each work. */
final class PlainAgentDatabase implements AgentDatabase {

    private final TestDatabase database;
    private final Dialect dialect;
    private final StepGuard guard;

    PlainAgentDatabase(TestDatabase database) throws SQLException {
        this(database, StepGuard.PLAIN);
    }

    PlainAgentDatabase(TestDatabase database, StepGuard guard) throws SQLException {
        this.database = database;
        this.dialect = database.dialect();
        this.guard = guard;
    }

    @Override
    public <T> T transact(DurableStep step, Work<T> work) throws SQLException {
        try (Connection raw = database.another()) {
            raw.setAutoCommit(false);
            try {
                T result = work.run(raw);
                guard.<Void, SQLException>perform(step, () -> {
                    raw.commit();
                    return null;
                });
                return result;
            } finally {
                raw.rollback();
            }
        }
    }

    @Override
    public <T> T read(Work<T> work) throws SQLException {
        try (Connection raw = database.another()) {
            raw.setAutoCommit(false);
            try {
                return work.run(raw);
            } finally {
                raw.rollback();
            }
        }
    }

    @Override
    public <T> T readSnapshot(Work<T> work) throws SQLException {
        return read(raw -> {
            dialect.beginSnapshot(raw);
            return work.run(raw);
        });
    }

    @Override
    public void makeDurable() {
        // in memory
    }

    @Override
    public StepGuard guard() {
        return guard;
    }
}
