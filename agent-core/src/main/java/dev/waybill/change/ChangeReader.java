// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import java.util.ArrayList;
import java.util.List;

/** Reads CHANGE records that {@link ChangeWriter} wrote. Stateless; any thread. */
final class ChangeReader {

    private static final int LEAST_NOTE_BYTES = 2;
    private static final Operation[] OPERATIONS = Operation.values();

    private ChangeReader() {}

    static Change read(ByteSource from, List<TableCode> tables, LargeSpool spool) throws MalformedException {
        int number = from.getNumber(Integer.MAX_VALUE, "table number");
        if (number >= tables.size()) {
            throw new MalformedException("a change names table number " + number + " of " + tables.size());
        }
        TableCode code = tables.get(number);
        Operation operation = ShapeCodec.constant(OPERATIONS, Operation::code, from.getByte(), "operation");
        int parts = from.getNumber(ChangeWriter.ALL_PARTS, "parts of a change");
        expectPossible(parts);
        RowImage oldKey = (parts & ChangeWriter.OLD_KEY) == 0 ? null : readOldKey(from, code, spool);
        RowImage before = readImage(from, code, spool, (parts & ChangeWriter.BEFORE) != 0, (parts & ChangeWriter.BEFORE_COMPLETE) != 0);
        RowImage after = readImage(from, code, spool, (parts & ChangeWriter.AFTER) != 0, (parts & ChangeWriter.AFTER_COMPLETE) != 0);
        List<Note> notes = (parts & ChangeWriter.NOTES) != 0 ? readNotes(from) : List.of();
        String fault = code.fault(operation, oldKey, before, after);
        if (fault != null) {
            throw new MalformedException("table " + code.shape.qualifiedName() + ": " + fault);
        }
        return new Change(code.shape, operation, oldKey, before, after, notes);
    }

    private static void expectPossible(int parts) throws MalformedException {
        boolean before = (parts & ChangeWriter.BEFORE_COMPLETE) == 0 || (parts & ChangeWriter.BEFORE) != 0;
        boolean after = (parts & ChangeWriter.AFTER_COMPLETE) == 0 || (parts & ChangeWriter.AFTER) != 0;
        if (!before || !after) {
            throw new MalformedException("a change says that an image is complete, which it does not have");
        }
    }

    private static RowImage readImage(ByteSource from, TableCode code, LargeSpool spool, boolean present, boolean complete) throws MalformedException {
        if (!present) {
            return null;
        }
        Object[] values = new Object[code.width()];
        if (!complete && readMask(from, values)) {
            throw new MalformedException("an image is complete, its mask was not needed");
        }
        return readValues(from, code, spool, values);
    }

    /** It has a mask always, also where all columns are the key. */
    private static RowImage readOldKey(ByteSource from, TableCode code, LargeSpool spool) throws MalformedException {
        Object[] values = new Object[code.width()];
        readMask(from, values);
        return readValues(from, code, spool, values);
    }

    private static RowImage readValues(ByteSource from, TableCode code, LargeSpool spool, Object[] values) throws MalformedException {
        for (int i = 0; i < values.length; i++) {
            if (values[i] != RowImage.ABSENT) {
                values[i] = readValue(from, code, i, spool);
            }
        }
        return new RowImage(values);
    }

    /** Whether it names all columns. */
    private static boolean readMask(ByteSource from, Object[] values) throws MalformedException {
        boolean complete = true;
        for (int i = 0; i < values.length; i += 8) {
            int bits = from.getByte();
            for (int j = 0; j < 8; j++) {
                boolean has = (bits & 1 << j) != 0;
                if (i + j < values.length) {
                    values[i + j] = has ? null : RowImage.ABSENT;
                    complete &= has;
                } else if (has) {
                    throw new MalformedException("the mask of an image names a column that does not exist");
                }
            }
        }
        return complete;
    }

    private static Object readValue(ByteSource from, TableCode code, int column, LargeSpool spool) throws MalformedException {
        int tag = from.getByte();
        if ((tag & ValueWriter.LARGE) == 0) {
            return ValueReader.read(from, code.types[column], code.kinds[column], tag);
        }
        ValueKind kind = code.kinds[column];
        boolean possible = kind == ValueKind.TEXT || kind == ValueKind.BYTES || kind == ValueKind.JSON;
        if (!possible || code.inKey[column] || tag != (kind.code() | ValueWriter.LARGE)) {
            throw new MalformedException(code.column(column) + " of kind " + kind + " has the tag " + tag);
        }
        return spool.refer(from.getNumber(Integer.MAX_VALUE, "number of a large value"), from.getLongNumber("length of a large value"));
    }

    private static List<Note> readNotes(ByteSource from) throws MalformedException {
        List<Note> notes = new ArrayList<>();
        for (int i = from.getCount(LEAST_NOTE_BYTES, "notes"); i > 0; i--) {
            notes.add(new Note(from.getNumber(Integer.MAX_VALUE, "type of a note"), from.getBlock("note")));
        }
        if (notes.isEmpty()) {
            throw new MalformedException("a change says that it has notes, but has none");
        }
        return notes;
    }
}
