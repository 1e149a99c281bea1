// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.recording;

import dev.waybill.audience.Settlement;
import dev.waybill.change.ByteSink;
import dev.waybill.change.RowWriter;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Passthrough;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionWriter;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.OutboxWriter;
import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * The changes of the open transaction of one connection, encoded as they come. Small transactions stay in memory until just before their COMMIT; what goes beyond {@link #PART_BYTES} becomes a part in the outbox at once, so memory is
 * bounded whatever the transaction's size.
 *
 * <p><b>Guarantee.</b> What is not recorded cannot be committed: after a failure here {@link #finish} fails until {@link #reset}. Used under the connection's lock.
 */
public final class Recorder {

    /** So many changes of one statement wait for its end. */
    private static final int MOST_HELD = 100_000;

    /** An END record is not longer. */
    private static final int END_BYTES = 64;

    /** A part is not larger than this. */
    static final int PART_BYTES = OutboxWriter.MAX_PART_BYTES;

    private final Outbox outbox;
    private final LastPart lastPart;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final String user;
    private final ByteSink sink = new ByteSink(4096, PART_BYTES + 1, this::spill);
    private final TransactionWriter writer = new TransactionWriter(sink);
    private final List<Change> held = new ArrayList<>();
    private Settlement settlement;
    private String heldFor;
    private boolean begun;
    private boolean holds;
    private long idHigh;
    private long idLow;
    private int nextPart;
    private int sizeBeforeEnd;
    private Exception failure;
    private boolean passing;
    private boolean defines;
    private boolean changesBeside;

    public Recorder(Outbox outbox, InstantSource clock, RandomGenerator random, String user) {
        this.outbox = outbox;
        this.lastPart = (id, part, buffer, length) -> outbox.write(id, part, true, buffer, length);
        this.clock = clock;
        this.random = random;
        this.user = user;
    }

    /** Whether anything is recorded that a COMMIT has to take along. */
    public boolean isBegun() {
        return begun || failure != null || !held.isEmpty();
    }

    /** How many changes of the transaction are recorded. */
    public long changes() {
        return held.size() + (begun ? writer.changes() : 0);
    }

    /** How changes are settled of which others decide who gets them; null where there are none. For a transaction that has not recorded anything. */
    public void settling(Settlement how) {
        settlement = how;
    }

    /** One change; the first one begins the transaction. From one that has to be settled on all are held until {@link #settle}. */
    public void record(String publisher, Change change) throws SQLException {
        if (settlement == null || held.isEmpty() && !settlement.concerns(TableName.of(change.table()))) {
            write(publisher, change);
        } else if (held.size() == MOST_HELD) {
            failure = WaybillError.AUDIENCE_TOO_MANY.with(MOST_HELD);
            throw (SQLException) failure;
        } else {
            heldFor = publisher;
            held.add(change);
        }
    }

    /** A statement has ended, the database shows what it has done: what is held is recorded, with who gets it. */
    public void settle() throws SQLException {
        if (held.isEmpty() || failure != null) {
            return;
        }
        List<Change> ended = List.copyOf(held);
        held.clear();
        try {
            settlement.settle(ended, change -> write(heldFor, change));
        } catch (SQLException | RuntimeException refused) {
            failure = refused;
            throw refused;
        }
    }

    private void write(String publisher, Change change) throws SQLException {
        try {
            beginBeside(publisher);
            writer.write(change);
        } catch (IOException | RuntimeException broken) {
            throw refused(broken);
        }
    }

    /** As {@link #record} for a row that was inserted and is in binary form already. */
    public void insert(String publisher, TableShape table, RowWriter rows, int from, int to) throws SQLException {
        try {
            beginBeside(publisher);
            writer.insert(table, rows, from, to);
        } catch (IOException | RuntimeException broken) {
            throw refused(broken);
        }
    }

    /**
     * A statement for others, or the end of what it changes here: what is recorded between them goes to those who do not get the statement.
     *
     * @throws SQLException PASSTHROUGH_MIXED; the transaction can only be rolled back
     */
    public void pass(String publisher, TransactionRecord record) throws SQLException {
        try {
            if (!begun) {
                begin(publisher);
            }
            passing = record instanceof Passthrough;
            defines |= record instanceof Passthrough passed && passed.defines();
            refuseMixed();
            writer.write(record);
        } catch (IOException | RuntimeException broken) {
            throw refused(broken);
        }
    }

    private void beginBeside(String publisher) throws IOException {
        if (!begun) {
            begin(publisher);
        }
        changesBeside |= !passing;
        refuseMixed();
    }

    private void refuseMixed() throws OutboxException {
        if (defines && changesBeside) {
            throw new OutboxException(WaybillError.PASSTHROUGH_MIXED.with());
        }
    }

    private SQLException refused(Exception broken) {
        failure = broken;
        return broken instanceof OutboxException refused ? refused.getCause() : failed();
    }

    private void begin(String publisher) throws IOException {
        idHigh = random.nextLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
        idLow = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        begun = true;
        writer.begin(idHigh, idLow, publisher, user);
    }

    private UUID transactionId() {
        return new UUID(idHigh, idLow);
    }

    /**
     * As {@link #insert} for a transaction of this row alone, when nothing may be written before its end.
     *
     * @return false when that cannot be, because it takes more than one part: then nothing is recorded
     */
    public boolean insertAlone(String publisher, TableShape table, RowWriter row) throws SQLException {
        holds = true;
        try {
            insert(publisher, table, row, 0, row.size());
        } finally {
            holds = false;
        }
        boolean fits = sink.size() <= PART_BYTES - END_BYTES;
        if (!fits) {
            reset();
        }
        return fits;
    }

    /** From here on the transaction can only be rolled back: an effect of it is not recorded. */
    public void fail(Exception cause) {
        failure = cause;
    }

    /**
     * Ends the record and writes its last part; the next thing that happens has to be the COMMIT, or {@link #reopen}, or a rollback. Does nothing when nothing is recorded.
     *
     * @return whether there is something to commit
     */
    public boolean finish() throws SQLException {
        return finish(lastPart);
    }

    /** As {@link #finish()}, with another way to write the last part. */
    public boolean finish(LastPart last) throws SQLException {
        if (failure != null) {
            throw failed();
        }
        settle();
        if (!begun) {
            return false;
        }
        if (sink.size() > PART_BYTES - END_BYTES) {
            part(sink.bytes());
            sink.clear();
        }
        sizeBeforeEnd = sink.size();
        try {
            writer.write(new End(clock.instant(), writer.changes()));
            last.write(transactionId(), nextPart, sink.array(), sink.size());
        } catch (IOException broken) {
            failure = broken;
            throw broken instanceof OutboxException refused ? refused.getCause() : failed();
        }
        return true;
    }

    /** After {@link #finish}, when the transaction turned out to be still open: its last part is taken back. */
    public void reopen() throws SQLException {
        outbox.delete(transactionId(), nextPart);
        writer.reopen();
        sink.truncate(sizeBeforeEnd);
    }

    /** Writes what is in memory, so that what comes later can be rolled back without it; what is true now, for {@link #rewind}. */
    public Mark mark() throws SQLException {
        settle();
        if (begun && sink.size() > 0) {
            part(sink.bytes());
            sink.clear();
        }
        return new Mark(begun, nextPart, writer.mark(), passing, defines, changesBeside);
    }

    /** Back to a mark of the same transaction; the database has rolled back the parts written after it. */
    public void rewind(Mark mark) {
        sink.clear();
        held.clear();
        if (!mark.begun) {
            reset();
        } else {
            nextPart = mark.nextPart;
            writer.rewind(mark.writer);
            passing = mark.passing;
            defines = mark.defines;
            changesBeside = mark.changesBeside;
            failure = null;
        }
    }

    /** The transaction is over, or has never been. */
    public void reset() {
        if (!isBegun()) {
            return;
        }
        begun = false;
        held.clear();
        nextPart = 0;
        passing = false;
        defines = false;
        changesBeside = false;
        failure = null;
        sink.clear();
        writer.reset();
    }

    public void close() throws SQLException {
        outbox.close();
    }

    private void spill(ByteSink full) throws IOException {
        while (!holds && full.size() > PART_BYTES) {
            try {
                part(full.takeFirst(PART_BYTES));
            } catch (SQLException refused) {
                throw new OutboxException(refused);
            }
        }
    }

    private void part(byte[] payload) throws SQLException {
        outbox.write(transactionId(), nextPart, false, payload, payload.length);
        nextPart++;
    }

    private SQLException failed() {
        return WaybillError.CAPTURE_FAILED.because(failure, failure.getMessage());
    }

    /** Where the parts go: in the connection's own transaction. */
    interface Outbox {
        /** @param buffer has it at its beginning, and is written over afterwards */
        void write(UUID transactionId, int part, boolean last, byte[] buffer, int length) throws SQLException;

        void delete(UUID transactionId, int part) throws SQLException;

        void close() throws SQLException;
    }

    /** How the last part is written. */
    @FunctionalInterface
    public interface LastPart {
        /** @param buffer has it at its beginning, and is written over afterwards */
        void write(UUID transactionId, int part, byte[] buffer, int length) throws SQLException;
    }

    /** A point between changes to which a savepoint goes back. */
    public record Mark(boolean begun, int nextPart, TransactionWriter.Mark writer, boolean passing, boolean defines, boolean changesBeside) {}

    /** The database's refusal, through the stream. */
    private static final class OutboxException extends IOException {
        private static final long serialVersionUID = 1L;

        OutboxException(SQLException cause) {
            super(cause);
        }

        @Override
        public synchronized SQLException getCause() {
            return (SQLException) super.getCause();
        }
    }
}
