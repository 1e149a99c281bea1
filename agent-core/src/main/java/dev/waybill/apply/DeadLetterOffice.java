// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.Digest;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.Deed;
import dev.waybill.rights.Rights;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * What people do with dead letters. Each letter is a transaction of its own, in which no agent can do anything, and a line in {@code waybill.audit}. One thread.
 */
public final class DeadLetterOffice {

    private final Connection raw;
    private final Dialect dialect;
    private final DeadLetters letters;
    private final Applier applier;
    private final Deed deed;

    /** Works on this connection, which it leaves in the mode in which it was. */
    public DeadLetterOffice(Connection raw, Dialect dialect, InstantSource clock) {
        this.raw = raw;
        this.dialect = dialect;
        this.letters = new DeadLetters(dialect);
        this.applier = new Applier(dialect, Runnable::run, (here, sender) -> Rights.of(CatalogueStore.load(here, dialect), sender));
        this.deed = new Deed(raw, dialect, clock);
    }

    /**
     * What came of a try.
     *
     * @param letter as it was
     * @param failure why it is still parked; null when it was applied
     */
    public record Outcome(DeadLetter letter, String failure) {}

    /**
     * Applies a parked letter now.
     *
     * @throws SQLException DEAD_LETTER_UNKNOWN; DEAD_LETTER_BEHIND; the database's own when the reason is one that passes. Nothing was done then
     */
    public Outcome retry(long id) throws SQLException {
        return deed.perform(any -> {
            DeadLetter letter = parked(id);
            Long before = letters.inTheWay(raw, letter.sender(), letter.offset(), letters.tokens(raw, id));
            if (before != null) {
                throw WaybillError.DEAD_LETTER_BEHIND.with(id, before);
            }
            return tried(letter);
        });
    }

    /** Applies the first letter of this sender that only waited and now has nothing before it; null when there is none. To be said until it is null. */
    public Outcome release(String sender) throws SQLException {
        return deed.perform(any -> {
            for (DeadLetter letter : letters.parked(raw, sender)) {
                if (letter.behind() != null && letters.inTheWay(raw, sender, letter.offset(), letters.tokens(raw, letter.id())) == null) {
                    return tried(letter);
                }
            }
            return null;
        });
    }

    private Outcome tried(DeadLetter letter) throws SQLException {
        Savepoint before = raw.setSavepoint();
        try {
            dialect.beginApplying(raw);
            applier.applyAlone(raw, letter.sender(), letters.transaction(letter));
        } catch (SQLException failure) {
            if (WaybillError.APPLY_POSTPONED.is(failure)) {
                throw failure;
            }
            raw.rollback(before);
            String text = PuttingAside.text(failure);
            letters.failedAgain(raw, letter, text);
            deed.note("RETRY DEAD LETTER", name(letter), letter.reason(), "still parked: " + text);
            return new Outcome(letter, text);
        }
        if (letter.edited()) {
            letters.close(raw, letter, DeadLetter.State.EDITED);
        } else {
            letters.remove(raw, letter);
        }
        deed.note("RETRY DEAD LETTER", name(letter), letter.reason(), "applied");
        new Divergence(dialect).review(raw, letter.sender());
        return new Outcome(letter, null);
    }

    /** Gives a parked letter up; what waits behind it may be retried. */
    public DeadLetter discard(long id) throws SQLException {
        return deed.perform(any -> {
            DeadLetter letter = parked(id);
            letters.close(raw, letter, DeadLetter.State.DISCARDED);
            deed.note("DISCARD DEAD LETTER", name(letter), letter.state() + ": " + letter.reason(), "discarded");
            new Divergence(dialect).review(raw, letter.sender());
            return letter;
        });
    }

    /**
     * Changes what a parked letter says.
     *
     * @param dropped numbers of changes that are left out, from 1
     * @param values  new values of columns
     * @throws SQLException DEAD_LETTER_EDIT when one of them does not fit
     */
    public DeadLetter edit(long id, Set<Long> dropped, List<EditedValue> values) throws SQLException {
        return deed.perform(any -> {
            DeadLetter letter = parked(id);
            String fault = EditedValue.fault(letter.changes(), dropped, values);
            if (fault != null) {
                throw WaybillError.DEAD_LETTER_EDIT.with(id, fault);
            }
            try (Rewriting anew = Rewriting.of(letters.transaction(letter).content().open(raw), (change, number) -> dropped.contains(number) ? null : edited(change, number, values))) {
                Footprint footprint = new Surveyor(raw, dialect).survey(new ReceivedTransaction(letter.offset(), Digest.ZERO, connection -> anew.open()), letter.sender());
                letters.replace(raw, letter, anew, footprint, true);
            } catch (IOException | IllegalArgumentException unfit) {
                throw WaybillError.DEAD_LETTER_EDIT.because(unfit, id, unfit.getMessage());
            }
            deed.note("EDIT DEAD LETTER", name(letter), letter.changes() + " changes", "without changes " + dropped + ", with " + values);
            return letters.find(raw, id);
        });
    }

    private static Change edited(Change change, long number, List<EditedValue> values) throws IOException {
        Change result = change;
        for (EditedValue value : values) {
            result = value.number() == number ? value.in(result) : result;
        }
        return result;
    }

    /** A person vouches that what was skipped, discarded or edited is in order now; how many records were forgotten. Parked letters stay. */
    public int verified(String sender) throws SQLException {
        return deed.perform(any -> {
            int forgotten = letters.forgetRecords(raw, sender);
            String left = new Divergence(dialect).review(raw, sender);
            deed.note("VERIFY", sender, forgotten + " records", left == null ? "all is here" : left);
            return forgotten;
        });
    }

    private DeadLetter parked(long id) throws SQLException {
        DeadLetter letter = letters.find(raw, id);
        if (letter == null || letter.state() != DeadLetter.State.PARKED) {
            throw WaybillError.DEAD_LETTER_UNKNOWN.with(id, "is parked");
        }
        return letter;
    }

    private static String name(DeadLetter letter) {
        return "letter " + letter.id() + " of " + letter.sender() + " at " + letter.offset();
    }
}
