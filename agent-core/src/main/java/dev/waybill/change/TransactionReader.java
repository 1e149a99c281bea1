// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import dev.waybill.change.TransactionRecord.PassthroughEnd;
import dev.waybill.change.TransactionRecord.SnapshotEnd;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@link TransactionWriter} wrote. One thread. Every length is checked against the bounds before anything is allocated: memory stays within a record and a small multiple of it, whatever the bytes say;
 * large values beyond {@link LargeSpool#MEMORY_BYTES} go to a temporary file, which is never longer than the input.
 */
public final class TransactionReader implements AutoCloseable {

    private final RecordStream records;
    private final ShapeCache shapes;
    private final LargeSpool spool = new LargeSpool();
    private final List<TableCode> tables = new ArrayList<>();
    private final TransactionState state = new TransactionState();
    private boolean formatRead;

    /** Reads from this stream; {@link #close} closes it and removes temporary files of large values. Reads ahead: what follows the transaction in the stream is an error. */
    public TransactionReader(InputStream in) {
        this(in, new ShapeCache());
    }

    /** The same, with what this thread knows about tables already. */
    public TransactionReader(InputStream in, ShapeCache shapes) {
        this(new RecordStream(in), shapes);
    }

    /** Reads from memory, without copying; the bytes must not change meanwhile. */
    public TransactionReader(byte[] bytes) {
        this(bytes, 0, bytes.length, new ShapeCache());
    }

    /** Reads from a range of an array, end exclusive, as {@link #TransactionReader(byte[])}. */
    public TransactionReader(byte[] bytes, int from, int to, ShapeCache shapes) {
        this(new RecordStream(bytes, from, to), shapes);
    }

    private TransactionReader(RecordStream records, ShapeCache shapes) {
        this.records = records;
        this.shapes = shapes;
    }

    /**
     * The next record, or null after {@link TransactionRecord.End}. Large values of the record can be opened until the next call.
     *
     * @throws MalformedException the bytes are not a transaction
     */
    public TransactionRecord next() throws IOException {
        if (state.hasEnded()) {
            return null;
        }
        readFormat();
        spool.clear();
        while (true) {
            int code = records.nextRecord();
            TransactionRecord record = read(code, records.content());
            if (record != null) {
                if (records.content().remaining() > 0) { // asked here, so that nobody makes the words that are hardly ever needed
                    records.content().expectEnd("record " + Integer.toHexString(code));
                }
                return accept(record);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (records) {
            spool.close();
        }
    }

    private void readFormat() throws IOException {
        if (!formatRead) {
            int format = records.readByte();
            if (format != TransactionWriter.FORMAT) {
                throw new MalformedException(MalformedException.Reason.TOO_NEW, "a transaction has format " + format + ", this program knows " + TransactionWriter.FORMAT);
            }
            formatRead = true;
        }
    }

    private TransactionRecord accept(TransactionRecord record) throws IOException {
        String fault = state.apply(record);
        if (fault != null) {
            throw new MalformedException(fault);
        }
        spool.expectAllReferred();
        if (state.hasEnded()) {
            records.expectEnd();
        }
        return record;
    }

    /** The record, or null for one that only prepares those after it. */
    private TransactionRecord read(int code, ByteSource content) throws IOException {
        return switch (code) {
            case RecordCode.BEGIN -> RareRecords.readBegin(content);
            case RecordCode.TABLE -> readTable(content);
            case RecordCode.CHANGE -> ChangeReader.read(content, tables, spool);
            case RecordCode.CHUNK -> readChunk(content);
            case RecordCode.SNAPSHOT_START -> RareRecords.readSnapshotStart(content);
            case RecordCode.SNAPSHOT_END -> new SnapshotEnd(content.getLongNumber("number of rows"));
            case RecordCode.SNAPSHOT_REFERENCE -> RareRecords.readSnapshotReference(content);
            case RecordCode.PASSTHROUGH -> RareRecords.readPassthrough(content);
            case RecordCode.PASSTHROUGH_END -> new PassthroughEnd();
            case RecordCode.SEEN -> RareRecords.readSeen(content);
            case RecordCode.END -> RareRecords.readEnd(content);
            default -> skip(code);
        };
    }

    private TransactionRecord readTable(ByteSource content) throws MalformedException {
        expectOpen();
        int number = content.getNumber(Integer.MAX_VALUE, "table number");
        if (number != tables.size()) {
            throw new MalformedException("table number " + number + " follows " + tables.size() + " tables");
        }
        tables.add(shapes.read(content));
        return null;
    }

    private TransactionRecord readChunk(ByteSource content) throws IOException {
        expectOpen();
        spool.add(content);
        return null;
    }

    private TransactionRecord skip(int code) throws MalformedException {
        if ((code & RecordCode.CRITICAL) != 0) {
            throw new MalformedException(MalformedException.Reason.UNKNOWN_CRITICAL, "a critical record has the unknown code " + Integer.toHexString(code));
        }
        expectOpen();
        return null;
    }

    private void expectOpen() throws MalformedException {
        if (!state.isOpen()) {
            throw new MalformedException("a record before the beginning of a transaction");
        }
    }
}
