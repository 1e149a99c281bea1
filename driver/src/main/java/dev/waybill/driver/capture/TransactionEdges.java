// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.recording.Recorder;
import java.sql.SQLException;
import java.util.Objects;

/** Runs statements that end or divide the transaction, or may do so: what is recorded goes along, or goes away, with what the database does. On one connection, under its lock. */
final class TransactionEdges {

    private final CapturingConnection connection;
    private final Recorder recorder;

    TransactionEdges(CapturingConnection connection) {
        this.connection = connection;
        this.recorder = connection.recorder();
    }

    /** COMMIT, ROLLBACK and their like as text. */
    Outcome transactionText(Plan.TransactionText text, Source source, Call call) throws SQLException {
        connection.transaction().textMayTurnMode();
        try {
            return performed(text, source, call);
        } finally {
            connection.session().wordsRan();
            connection.transaction().synchronizeAutoCommit();
        }
    }

    private Outcome performed(Plan.TransactionText text, Source source, Call call) throws SQLException {
        switch (text.verb()) {
            case COMMIT, AUTOCOMMIT_ON -> {
                return committing(source, call);
            }
            case SAVEPOINT -> {
                Recorder.Mark mark = recorder.mark();
                Outcome outcome = source.bare(call);
                if (connection.isAutoCommit()) {
                    connection.session().savepointBegins(text.savepoint());
                }
                connection.savepoints().set(text.savepoint(), mark);
                return outcome;
            }
            case ROLLBACK_TO -> {
                connection.savepoints().refuseDestroyed(text.savepoint(), recorder);
                Outcome outcome = source.bare(call);
                connection.savepoints().rolledBack(text.savepoint(), recorder);
                return outcome;
            }
            case ROLLBACK -> {
                Outcome outcome = source.bare(call);
                connection.transaction().end();
                connection.transaction().synchronizeAutoCommit();
                return outcome;
            }
            case RELEASE -> {
                if (connection.session().releaseEnds(text.savepoint())) {
                    return committing(source, call);
                }
                Outcome outcome = source.bare(call);
                connection.savepoints().released(text.savepoint());
                return outcome;
            }
            default -> {
                Outcome outcome = source.bare(call);
                connection.transaction().synchronizeAutoCommit();
                return outcome;
            }
        }
    }

    private Outcome committing(Source source, Call call) throws SQLException {
        Outcome[] outcome = new Outcome[1];
        connection.transaction().committing(() -> outcome[0] = source.bare(call));
        return outcome[0];
    }

    /** A statement that is not known to leave the transaction open. */
    Outcome definition(Plan.MayCommit plan, Source source, Call call) throws SQLException {
        if (connection.facts().isNothingPublished()) {
            connection.written().addAnything();
        }
        try {
            Outcome outcome = mayCommit(() -> source.bare(call));
            connection.transaction().wrote(plan.written());
            return outcome;
        } finally {
            if (plan.temporary()) {
                connection.ownNames();
            }
            if (plan.defines()) {
                connection.database().definitionsChanged();
                connection.namesChanged();
            }
        }
    }

    /** Part of the transaction: what other connections see changes with its end. */
    <T> T defining(Plan.Defines plan, Step<T> definition) throws SQLException {
        connection.written().addAnything();
        try {
            if (connection.session().isFollowing()) {
                connection.session().follow(connection.facts(), connection.recorder());
                return connection.unpublished(null, definition);
            }
            return connection.uncaptured(definition);
        } finally {
            connection.defined(plan.temporary());
        }
    }

    /** Runs something that commits, or does not: what is recorded goes along in the one case, and stays open in the other. */
    <T> T mayCommit(Step<T> step) throws SQLException {
        connection.transaction().textMayTurnMode();
        if (!connection.isWriting() || connection.isAutoCommit()) {
            try {
                return step.run();
            } finally {
                if (connection.isAutoCommit()) {
                    connection.transaction().end();
                    connection.tally().write();
                }
                connection.transaction().synchronizeAutoCommit();
            }
        }
        boolean recorded = connection.transaction().readyOrUndone();
        String before = connection.session().transactionId();
        try {
            return step.run();
        } finally {
            afterwards(recorded, before);
        }
    }

    private void afterwards(boolean recorded, String before) throws SQLException {
        if (before == null || !Objects.equals(before, connection.session().transactionId())) {
            connection.transaction().ended(recorded);
        } else if (recorded) {
            recorder.reopen();
        }
        connection.transaction().synchronizeAutoCommit();
    }
}
