// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.journal.Sequenced;
import dev.waybill.journal.Sequencer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Gives committed transactions their log offsets, if there are any. One thread. */
final class Sequencing {

    private final AgentDatabase database;
    private final Sequencer sequencer;
    private final String look;
    private final AgentEvents events;

    Sequencing(AgentDatabase database, Dialect dialect, Sequencer sequencer, AgentEvents events) {
        this.database = database;
        this.sequencer = sequencer;
        this.look = "SELECT 1 FROM " + dialect.waitingRows() + " FETCH FIRST 1 ROW ONLY";
        this.events = events;
    }

    /** One bounded step; returns what it did, or null when the outbox is empty. */
    Sequenced run() throws SQLException {
        if (!database.<Boolean>read(this::isWaiting)) {
            return null;
        }
        Sequenced done = database.transact(DurableStep.SEQUENCE, sequencer::sequence);
        events.sequenced((int) done.transactions(), done.head().offset());
        return done;
    }

    private boolean isWaiting(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(look)) {
            return row.next();
        }
    }
}
