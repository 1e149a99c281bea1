// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.JournalView;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.journal.Journal;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The own journal as the machines look at it: its ends as of the last refresh, a place inside it by asking. One thread. */
final class AgentJournal implements JournalView {

    private final AgentDatabase database;
    private final Journal journal;
    private Position head;
    private Position trimmed;

    AgentJournal(AgentDatabase database, Journal journal) {
        this.database = database;
        this.journal = journal;
    }

    /** Looks where the journal begins and ends now. */
    void refresh(Connection raw) throws SQLException {
        head = journal.head(raw);
        trimmed = journal.trimmed(raw);
    }

    @Override
    public Position head() {
        return head;
    }

    @Override
    public Position trimmedTo() {
        return trimmed;
    }

    @Override
    public Optional<Position> at(LogOffset offset) {
        try {
            return database.read(raw -> journal.positionAt(raw, offset));
        } catch (SQLException failed) {
            throw new UnreadableException(failed);
        }
    }

    /** Carries a database error through a machine, which knows none. */
    static final class UnreadableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreadableException(SQLException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
