// SPDX-License-Identifier: Apache-2.0
package dev.waybill.passthrough;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Deed;
import dev.waybill.statement.LexerRules;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** What people do with statements that were interrupted while they committed by themselves. Each word is a transaction of its own, in which no agent can do anything, and a line in {@code waybill.audit}. One thread. */
public final class StepOffice {

    private final Connection raw;
    private final Dialect dialect;
    private final StepBook book;
    private final Deed deed;

    /** Works on this connection, which it leaves in the mode in which it was. */
    public StepOffice(Connection raw, Dialect dialect, InstantSource clock) {
        this.raw = raw;
        this.dialect = dialect;
        this.book = new StepBook(dialect);
        this.deed = new Deed(raw, dialect, clock);
    }

    /** A statement that has not ended, and what tables tell of it. */
    public record Open(Step step, TablesNow.Finding finding) {}

    /** All that have not ended. */
    public List<Open> open() throws SQLException {
        List<Open> open = new ArrayList<>();
        for (Step step : book.all(raw)) {
            if (step.state() == StepState.BEGUN) {
                open.add(new Open(step, TablesNow.of(raw, dialect).finding(step.tablesBefore(), PassedText.of(step.statement(), LexerRules.H2))));
            }
        }
        return open;
    }

    /**
     * A person has looked.
     *
     * @param sender   from whom the statement came; empty for one that was said here
     * @param executed whether it was executed; otherwise it is executed again, or said again
     * @return the statement
     * @throws SQLException PASSTHROUGH_NOTHING_OPEN
     */
    public Step settle(String sender, boolean executed) throws SQLException {
        return deed.perform(connection -> {
            Step step = book.all(connection).stream().filter(each -> each.state() == StepState.BEGUN && each.place().sender().equals(sender)).findFirst().orElse(null);
            if (step == null) {
                throw WaybillError.PASSTHROUGH_NOTHING_OPEN.with(sender.isEmpty() ? "here" : sender);
            }
            if (executed && !sender.isEmpty()) {
                book.done(connection, step.place());
            } else {
                book.remove(connection, step.place());
            }
            deed.note("PASSTHROUGH " + (executed ? "DONE" : "AGAIN"), sender.isEmpty() ? "said here" : sender + " at " + step.place().logOffset(), null, step.statement());
            return step;
        });
    }
}
