// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.conflict.Conflict;
import dev.waybill.conflict.ConflictBook;
import dev.waybill.conflict.ConflictKind;
import dev.waybill.dialect.Dialect.ErrorClass;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Performs changes of rows that travel on, and writes what the rows came to be ({@link Outcomes}), conflicts and questions. One thread, one transaction. */
final class Carrying {

    private final Statements statements;
    private final OneByOne oneByOne;
    private final Onward onward;
    private final Blame blame;
    private final boolean careful;
    private final PresentRows rows;
    private final ConflictBook book;
    private final Outcomes outcomes;
    private final List<Done> waiting = new ArrayList<>();
    private final List<Change> asked = new ArrayList<>();
    private OnwardEntry entry;

    Carrying(Statements statements, OneByOne oneByOne, Onward onward, Blame blame, boolean careful) {
        this.statements = statements;
        this.oneByOne = oneByOne;
        this.onward = onward;
        this.blame = blame;
        this.careful = careful;
        this.rows = new PresentRows(statements);
        this.book = new ConflictBook(statements.dialect());
        this.outcomes = new Outcomes(onward);
    }

    void begin(OnwardEntry begun) {
        entry = begun;
    }

    OnwardEntry entry() {
        return entry;
    }

    Connection raw() {
        return statements.raw();
    }

    TableShape shape(Work work) {
        return onward.shape(work.landing().table().name());
    }

    PresentRows rows() {
        return rows;
    }

    /** The row that the change is about, as it is here; whatever concerns it and waits is performed before that. */
    RowImage before(Work work) throws SQLException {
        return row(work, work.kind() == Kind.INSERT || work.kind() == Kind.UPSERT || work.kind() == Kind.UPDATE ? work.change().after() : work.keyImage());
    }

    /** The row under this key. */
    RowImage row(Work work, RowImage key) throws SQLException {
        if (!waiting.isEmpty()) {
            Key wanted = Key.of(work.landing().shape(), key);
            for (Done done : waiting) {
                if (done.work().landing() == work.landing() && (wanted.equals(Key.of(work.landing().shape(), done.oldKey())) || wanted.equals(Key.of(work.landing().shape(), done.newKey())))) {
                    settle();
                    break;
                }
            }
        }
        return rows.byKey(work.landing(), key, onward.shape(work.landing().table().name()));
    }

    /** Performs a change, now or when others have made room; what hinders it for good is thrown. */
    void perform(Work work, Done then) throws SQLException {
        oneByOne.perform(work);
        done(then);
    }

    /** Performs a change now. What hinders it: a key, a unique value, a reference; null when it is done, or will be. Without care it is thrown. */
    SQLException attempt(Work work) throws SQLException {
        if (!careful) {
            oneByOne.perform(work);
            return null;
        }
        SQLException failure = oneByOne.attempt(work);
        ErrorClass kind = failure == null ? null : statements.dialect().classify(failure);
        if (failure == null || kind == ErrorClass.DUPLICATE || kind == ErrorClass.REFERENCE) {
            return failure;
        }
        throw blame.failed(work, failure);
    }

    SQLException failed(Work work, SQLException failure) {
        return blame.failed(work, failure);
    }

    /** The kind of conflict that a failure of {@link #attempt} is. */
    ConflictKind kind(Work work, SQLException failure) {
        if (statements.dialect().classify(failure) == ErrorClass.DUPLICATE) {
            return ConflictKind.UNIQUE_VALUE;
        }
        return work.kind() == Kind.DELETE ? ConflictKind.HAS_CHILDREN : ConflictKind.MISSING_PARENT;
    }

    /** It was done, or waits for others. */
    void done(Done done) throws SQLException {
        waiting.add(done);
        if (oneByOne.isIdle()) {
            writeDown();
        }
    }

    /** Nothing waits any more. */
    void settle() throws SQLException {
        oneByOne.finish();
        writeDown();
    }

    private void writeDown() throws SQLException {
        for (Done done : waiting) {
            RowImage after = rows.byKey(done.work().landing(), done.newKey(), done.shape());
            if (done.conflict() != Done.NO_CONFLICT) {
                book.close(statements.raw(), done.conflict(), done.outcome(), PresentRows.values(done.shape(), after));
            }
            Change change = outcomes.change(done, after);
            if (change != null) {
                entry.add(change);
            }
        }
        waiting.clear();
    }

    /** Opens a line in {@code waybill.conflict}. */
    long open(Work work, ConflictKind kind, RowImage before, String policy) throws SQLException {
        return book.open(statements.raw(), work.landing().table().name(), work.keyText(), conflict(work, kind, before), onward.source(blame.offset()), policy);
    }

    Conflict conflict(Work work, ConflictKind kind, RowImage before) {
        TableShape sent = work.landing().shape();
        TableShape shape = onward.shape(work.landing().table().name());
        return new Conflict(kind, work.landing().table().name().toString(), onward.sender(), PresentRows.values(shape, before), PresentRows.values(sent, work.change().after()), PresentRows.values(sent, work.change().before()));
    }

    /** This database asks the one above what the row is; it may have another one in its place, or none. */
    void ask(TableShape shape, RowImage key) {
        if (key == null) {
            return; // neither here nor there can be such a row
        }
        asked.add(new Change(shape, Operation.UPDATE, null, null, key, List.of(new Note(Note.ASKED, new byte[0]))));
    }

    /** Writes that a change of the sender's above could not be performed as it came, and asks. */
    void refuse(Work work, ConflictKind kind, RowImage before, RowImage key) throws SQLException {
        TableShape shape = onward.shape(work.landing().table().name());
        long id = open(work, kind, before, ConflictBook.OVERWRITTEN);
        book.close(statements.raw(), id, "ASKED", PresentRows.values(shape, before));
        ask(shape, ShapeHere.key(work.landing(), shape, key));
    }

    /** A row that stood in the way of what came from above was removed. */
    void removed(TableShape shape, RowImage row) throws SQLException {
        entry.add(new Change(shape, Operation.DELETE, null, row, null, List.of()));
        ask(shape, ShapeHere.key(shape, row));
    }

    /** The entry is complete, and what is asked is written behind it. */
    void end(Instant committedAt, boolean marks) throws SQLException {
        entry.end(committedAt, marks);
        if (!asked.isEmpty()) {
            OnwardEntry own = onward.own();
            for (Change question : asked) {
                own.add(question);
            }
            own.end(committedAt, false);
        }
    }

    void close() throws SQLException {
        if (entry != null) {
            entry.close();
        }
    }
}
