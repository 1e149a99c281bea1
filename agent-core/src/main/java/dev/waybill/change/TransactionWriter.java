// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Writes a transaction's records in binary form, as they come. One thread. The table dictionary is kept inside; {@link #mark} and {@link #rewind} restore it
 * for savepoints (the bytes after the mark are the caller's to drop). After an exception only {@link #rewind} or {@link #reset} is possible: what was being written is incomplete.
 *
 * <p>A writer lives long and its transactions are short: what it keeps between them is kept in place, and told by numbers whether it still holds. To let go of references and store them anew costs a collector with
 * generations more than the writing itself.
 *
 * <pre>
 *   transaction    := format byte (1) · record*                     begins with BEGIN, ends with END, nothing after it
 *
 *     0      1..5          length
 *   ┌──────┬─────────────┬──────────────── ─ ─┐
 *   │ code │ length      │ content            │                     codes: bit 7 set = critical: who does not know it refuses the transaction, otherwise skips the record
 *   │ byte │ varint      │                    │
 *   └──────┴─────────────┴──────────────── ─ ─┘
 *
 *   81 BEGIN          transaction id 16 · publisher text · user text · hops varint · (publisher text · incarnation 16 · log offset varint)*
 *   82 TABLE          number varint · fingerprint 8 · publications varint · text* · shape (see {@link ShapeCodec})   before the first record that names the table; numbers count from 0
 *   83 CHANGE         table varint · operation byte · parts byte · [old key] · [before] · [after] · [notes varint · (type varint · block)*]
 *                     parts: 01 old key · 02 before · 04 after · 08 notes · 10 before is complete · 20 after is complete
 *   84 CHUNK          value varint · last flag byte · 1 to 32768 bytes                               before the CHANGE that refers to it; values count from 0 in each change
 *   85 SNAPSHOT_START publication text · value flag · [value text] · tables varint · definition* (see {@link DefinitionCodec})
 *   86 SNAPSHOT_END   rows varint
 *   87 END            commit time: seconds zigzag, nanoseconds varint · changes varint
 *   02 SEEN           incarnation 16 · log offset varint                                             how far the sender had applied the receiver's journal; before the first CHANGE
 *   8D SNAPSHOT_REFERENCE publication text · value flag · [value text] · spool id 16                 in the journal only, in place of the snapshot
 *   88 PASSTHROUGH    recipients varint · text* · product text · defines flag · statement text             the changes behind it, up to PASSTHROUGH_END, are what it did at its origin
 *   8E PASSTHROUGH_END (empty)
 *   reserved          89 CALL, 8A DEFINITIONS (a new catalogue version in the stream), 8B PROPERTY, 8C REPAIR; 01 REMARK (may be skipped)
 *
 *   image          := mask, one bit a column, lowest first, absent when complete · value* of the columns that it has, in order
 *   value          := tag byte · content
 *     tag 0: NULL. Otherwise the {@link ValueKind}'s code; with bit 7, a large value: value varint · length varint, its bytes came in CHUNK records.
 *     BOOLEAN byte · INTEGER zigzag · DECIMAL scale zigzag, unscaled block (big-endian two's complement, shortest) · REAL 4 bits as they are · DOUBLE 8
 *     DECFLOAT byte 0 and DECIMAL, or 1 NaN, 2 Infinity, 3 -Infinity · TEXT and INTERVAL text · BYTES, JSON, GEOMETRY block
 *     DATE day of the epoch zigzag · TIME second of the day varint, nanosecond varint · zone: seconds zigzag after it · TIMESTAMP DATE, TIME · UUID 16
 *     ARRAY count varint, value* · ROW count varint, value*
 *   text, block    := length varint · bytes (text as {@link TextForm})
 *   varint         := seven bits a byte, lowest first, shortest form only · zigzag: 0, -1, 1, -2 … as varint 0, 1, 2, 3 …
 * </pre>
 *
 * <p><b>Validity</b>, checked before writing and after reading: (1) one BEGIN first, one END last, its count is the number of CHANGEs; (2) a table's number is the next one, its fingerprint that of its shape; (3) images fit
 * the operation: after-image with key for INSERT, UPDATE, UPSERT, before-image with key for DELETE, none for TRUNCATE, an old key only with UPDATE and only key columns; (4) inside a snapshot only INSERTs, SNAPSHOT_END
 * has their number; (5) TEXT, BYTES and JSON outside of keys are inline up to {@link #LARGE_VALUE_BYTES} and chunked above, never otherwise; every chunked value is referred to once, in order.
 */
public final class TransactionWriter {

    /** Text and binary values beyond this many bytes travel as chunks before their record, so that nobody has to hold them whole. */
    public static final int LARGE_VALUE_BYTES = 32 * 1024;

    /** No record is longer. */
    public static final int MAX_RECORD_BYTES = 32 * 1024 * 1024;

    /** Of the encoding; it changes whenever equal transactions would come out as other bytes. */
    public static final int FORMAT = 1;
    private static final int MAX_ALIASES = 1000;

    /** Format and code stand before a BEGIN record's length. */
    private static final int BEGUN_LENGTH = 2;

    private final OutputStream out;
    private final ByteSink sink;
    private final ShapeCache codes;
    private final Map<TableShape, Table> known = new IdentityHashMap<>();
    private final List<Table> named = new ArrayList<>();
    private final ChangeWriter changeWriter;
    private final TransactionState state = new TransactionState();
    private TableShape latestShape;
    private Table latest;
    private int tables;
    private long transaction = 1;
    private boolean broken;
    private byte[] begun;
    private String begunPublisher;
    private String begunUser;

    /** Writes to this stream, which the caller flushes and closes. A {@link ByteSink} is filled directly. */
    public TransactionWriter(OutputStream out) {
        this(out, new ShapeCache());
    }

    /** The same, with what this thread knows about tables already. */
    public TransactionWriter(OutputStream out, ShapeCache shapes) {
        this.out = out;
        this.codes = shapes;
        this.sink = out instanceof ByteSink target ? target : new ByteSink(1024);
        this.changeWriter = new ChangeWriter(sink, this::complete);
    }

    /** Appends one record. Begin comes first and once, End last and once. Throws {@link IllegalArgumentException} for a record that breaks a rule of validity. */
    public void write(TransactionRecord record) throws IOException {
        refuseBroken();
        broken = true;
        if (record instanceof Change change) {
            write(change);
        } else {
            String fault = state.apply(record);
            if (fault != null) {
                throw new IllegalArgumentException(fault);
            }
            writeRare(record);
        }
        broken = false;
    }

    /** As {@link #write} of a {@link Begin} without a path. Whoever writes one transaction after the other gives the same texts each time: then their bytes are known. */
    public void begin(long idHigh, long idLow, String publisher, String user) throws IOException {
        if (begun == null || publisher != begunPublisher || user != begunUser) {
            ByteSink once = new ByteSink(256);
            new TransactionWriter(once).write(new Begin(new UUID(idHigh, idLow), publisher, user, List.of()));
            begun = once.bytes();
            begunPublisher = publisher;
            begunUser = user;
        }
        refuseBroken();
        String fault = state.begin();
        if (fault != null) {
            broken = true;
            throw new IllegalArgumentException(fault);
        }
        int id = sink.size() + BEGUN_LENGTH;
        sink.putBytes(begun);
        while (sink.isContinued(id)) {
            id++;
        }
        sink.replaceLong(id + 1, idHigh);
        sink.replaceLong(id + 1 + Long.BYTES, idLow);
        complete();
    }

    /**
     * As {@link #write} of a {@link Change} that inserts a row which is in binary form already.
     *
     * @param rows where it stands, with a value for each column of the table
     */
    public void insert(TableShape shape, RowWriter rows, int from, int to) throws IOException {
        refuseBroken();
        broken = true;
        Table table = table(shape);
        String fault = state.applyChange(Operation.INSERT);
        if (fault != null) {
            throw new IllegalArgumentException("table " + shape.qualifiedName() + ": " + fault);
        }
        name(table);
        changeWriter.insert(table.number, rows, from, to);
        broken = false;
    }

    /** The number of changes written so far, which {@link End} must name. */
    public long changes() {
        return state.changes();
    }

    /** The state of the dictionary and of the counts now. */
    public Mark mark() {
        return new Mark(tables, state.copy());
    }

    /** Back to a mark: tables first named after it will be named again. */
    public void rewind(Mark mark) {
        for (Table table : known.values()) {
            table.transaction = table.number < mark.tables ? table.transaction : 0;
        }
        tables = mark.tables;
        state.become(mark.state);
        broken = false;
        if (sink != out) {
            sink.clear();
        }
    }

    /** Begins another transaction, on the same stream; what was worked out about tables is kept. */
    public void reset() {
        tables = 0;
        transaction++;
        state.clear();
        broken = false;
        if (sink != out) {
            sink.clear();
        }
    }

    /** Takes back the last record, which was {@link End} (its bytes are the caller's to drop): the transaction goes on. */
    public void reopen() {
        state.reopen();
    }

    /** A table that was written about; its number holds while its transaction is the one that is being written. */
    private static final class Table {
        private final TableCode code;
        private int number;
        private long transaction;

        Table(TableCode code) {
            this.code = code;
        }
    }

    /** A point to which {@link #rewind} goes back. */
    public static final class Mark {
        private final int tables;
        private final TransactionState state;

        private Mark(int tables, TransactionState state) {
            this.tables = tables;
            this.state = state;
        }
    }

    private void write(Change change) throws IOException {
        Table table = table(change.table());
        TableCode code = table.code;
        String fault = state.applyChange(change.operation());
        if (fault == null) {
            fault = code.fault(change.operation(), change.oldKey(), change.before(), change.after());
        }
        if (fault != null) {
            throw new IllegalArgumentException("table " + change.table().qualifiedName() + ": " + fault);
        }
        name(table);
        changeWriter.write(table.number, code, change);
    }

    private void refuseBroken() {
        if (broken) {
            throw new IllegalStateException("an earlier record could not be written: only rewind or reset is possible");
        }
    }

    private void name(Table table) throws IOException {
        if (table.transaction != transaction) {
            table.number = number(table);
            table.transaction = transaction;
        }
    }

    private void writeRare(TransactionRecord record) throws IOException {
        if (record instanceof Begin) {
            sink.putByte(FORMAT);
        }
        int mark = begin(RareRecords.code(record));
        RareRecords.write(sink, record);
        end(mark);
    }

    private int begin(int code) {
        sink.putByte(code);
        return sink.beginBlock(1);
    }

    private void end(int mark) throws IOException {
        if (sink.endBlock(mark, 1) > MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("a record is longer than " + MAX_RECORD_BYTES + " bytes");
        }
        complete();
    }

    private void complete() throws IOException {
        if (sink == out) {
            sink.recordComplete();
        } else {
            sink.writeTo(out);
            sink.clear();
        }
    }

    private Table table(TableShape shape) {
        if (shape == latestShape) {
            return latest;
        }
        Table table = known.get(shape);
        if (table == null) {
            if (known.size() >= MAX_ALIASES) {
                known.clear();
            }
            table = new Table(codes.of(shape));
            known.put(shape, table);
        }
        latestShape = shape;
        latest = table;
        return table;
    }

    /** The number of an equal shape that this transaction has named, or the next one. */
    private int number(Table table) throws IOException {
        for (int i = 0; i < tables; i++) {
            if (isSame(named.get(i).code.shape, table.code.shape)) {
                return i;
            }
        }
        int mark = begin(RecordCode.TABLE);
        sink.putVarint(tables);
        sink.putBytes(table.code.encodedShape());
        end(mark);
        if (tables == named.size()) {
            named.add(table);
        } else if (named.get(tables) != table) {
            named.set(tables, table);
        }
        return tables++;
    }

    /** Names first: what makes tables equal is compared only for those of the same name. */
    private static boolean isSame(TableShape one, TableShape other) {
        return one == other || one.name().equals(other.name()) && one.equals(other);
    }
}
