// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.recording.PipedCommit;
import dev.waybill.journal.OutboxWriter;
import dev.waybill.publication.Catalogue;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/**
 * An INSERT in autocommit mode whose row is known, in one round trip: it, the fence and the outbox part are one text without BEGIN, which the server runs as one transaction. The first that fails leaves nothing, and no transaction
 * open. Kept by the prepared statement, for one catalogue. Used under the connection's lock.
 */
final class AloneWriter implements AutoCloseable {

    private final OutboxWriter writer;
    private final Catalogue planned;

    private AloneWriter(OutboxWriter writer, Catalogue planned) {
        this.writer = writer;
        this.planned = planned;
    }

    /** @param old is closed; may be null */
    static AloneWriter of(AloneWriter old, PipedCommit piped, Catalogue planned, String sql, int parameters) throws SQLException {
        if (old != null) {
            old.close();
        }
        return new AloneWriter(piped.along(planned, sql, parameters), planned);
    }

    /** Whether it was made under this catalogue. */
    boolean isFor(Catalogue now) {
        return planned == now;
    }

    /** Runs as long as this statement of the application's may. */
    AloneWriter like(PreparedStatement own) throws SQLException {
        if (statement().getQueryTimeout() != own.getQueryTimeout()) {
            statement().setQueryTimeout(own.getQueryTimeout());
        }
        return this;
    }

    /** The statement that runs. */
    PreparedStatement statement() {
        return writer.statement();
    }

    void write(Object[] values, UUID transactionId, int part, byte[] buffer, int length) throws SQLException {
        BoundParameters.bind(values, writer.statement());
        writer.write(transactionId, part, true, buffer, 0, length);
    }

    @Override
    public void close() throws SQLException {
        writer.close();
    }
}
