// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import java.io.IOException;

/**
 * Writes CHANGE records. One thread.
 *
 * <p>A change is first written as if all its values were short, which they nearly always are. When one is not, the attempt is dropped, the long ones are written as chunks, and the change once more.
 */
final class ChangeWriter {

    static final int OLD_KEY = 1;
    static final int BEFORE = 2;
    static final int AFTER = 4;
    static final int NOTES = 8;
    static final int BEFORE_COMPLETE = 16;
    static final int AFTER_COMPLETE = 32;
    static final int ALL_PARTS = 63;

    private final ByteSink sink;
    private final Complete complete;
    private LargeWriter large;
    private boolean metLarge;
    private int guessedWidth = 1;

    ChangeWriter(ByteSink sink, Complete complete) {
        this.sink = sink;
        this.complete = complete;
    }

    /** What follows each complete record. */
    interface Complete {
        void run() throws IOException;
    }

    void write(int number, TableCode code, Change change) throws IOException {
        int start = sink.size();
        metLarge = false;
        large = null;
        writeRecord(number, code, change);
        if (metLarge) {
            sink.truncate(start);
            large = new LargeWriter(sink, complete);
            large.prepare(code, change.before());
            large.prepare(code, change.after());
            writeRecord(number, code, change);
        }
        complete.run();
    }

    /** An INSERT of a row that is in binary form already. */
    void insert(int number, RowWriter rows, int from, int to) throws IOException {
        sink.putByte(RecordCode.CHANGE);
        sink.putVarint(ByteSink.varintSize(number) + 2 + to - from);
        sink.putVarint(number);
        sink.putByte(Operation.INSERT.code());
        sink.putByte(AFTER | AFTER_COMPLETE);
        rows.writeTo(sink, from, to);
        complete.run();
    }

    private void writeRecord(int number, TableCode code, Change change) {
        boolean beforeComplete = change.before() != null && isComplete(change.before());
        boolean afterComplete = change.after() != null && isComplete(change.after());
        sink.putByte(RecordCode.CHANGE);
        int begin = sink.beginBlock(guessedWidth);
        sink.putVarint(number);
        sink.putByte(change.operation().code());
        sink.putByte((change.oldKey() != null ? OLD_KEY : 0) | (change.before() != null ? BEFORE : 0) | (change.after() != null ? AFTER : 0) | (change.notes().isEmpty() ? 0 : NOTES)
                | (beforeComplete ? BEFORE_COMPLETE : 0) | (afterComplete ? AFTER_COMPLETE : 0));
        if (change.oldKey() != null) {
            writeImage(code, change.oldKey(), false);
        }
        if (change.before() != null) {
            writeImage(code, change.before(), beforeComplete);
        }
        if (change.after() != null) {
            writeImage(code, change.after(), afterComplete);
        }
        if (!change.notes().isEmpty()) {
            writeNotes(change);
        }
        int length = sink.endBlock(begin, guessedWidth);
        if (length > TransactionWriter.MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("a change of " + code.shape.qualifiedName() + " takes " + length + " bytes, " + TransactionWriter.MAX_RECORD_BYTES + " are possible");
        }
        guessedWidth = ByteSink.varintSize(length);
    }

    private void writeNotes(Change change) {
        sink.putVarint(change.notes().size());
        for (Note note : change.notes()) {
            sink.putNumber(note.type());
            sink.putBlock(note.content());
        }
    }

    private static boolean isComplete(RowImage image) {
        for (Object value : image.values()) {
            if (value == RowImage.ABSENT) {
                return false;
            }
        }
        return true;
    }

    private void writeImage(TableCode code, RowImage image, boolean complete) {
        Object[] values = image.values();
        if (!complete) {
            writeMask(values);
        }
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value == RowImage.ABSENT) {
                continue;
            }
            if (!code.inKey[i] && LargeWriter.mayBeLarge(code.kinds[i], value)) {
                writeLarge(code.kinds[i]);
            } else {
                writeInline(code, i, value);
            }
        }
    }

    private void writeMask(Object[] values) {
        for (int i = 0; i < values.length; i += 8) {
            int bits = 0;
            for (int j = 0; j < 8 && i + j < values.length; j++) {
                bits |= values[i + j] == RowImage.ABSENT ? 0 : 1 << j;
            }
            sink.putByte(bits);
        }
    }

    private void writeInline(TableCode code, int column, Object value) {
        try {
            ValueWriter.write(sink, code.types[column], code.kinds[column], value);
        } catch (ClassCastException wrongClass) {
            throw new IllegalArgumentException(code.column(column) + " has a value of " + value.getClass().getName() + ", which is not what " + code.kinds[column] + " holds", wrongClass);
        }
    }

    private void writeLarge(ValueKind kind) {
        if (large == null) {
            metLarge = true;
        } else {
            byte[] inline = large.writeReference(kind);
            if (inline != null) {
                sink.putByte(kind.code());
                sink.putBlock(inline);
            }
        }
    }
}
