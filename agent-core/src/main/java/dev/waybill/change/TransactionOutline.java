// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What can be seen of a transaction in memory without decoding its images: enough to know, nearly always, that a subscriber to whole tables gets it as it is. One thread.
 */
public final class TransactionOutline {

    private final ShapeCache shapes;
    private final List<TableCode> tables = new ArrayList<>();

    /** With what this thread knows about tables already. */
    public TransactionOutline(ShapeCache shapes) {
        this.shapes = shapes;
    }

    /** Says which tables somebody gets as they are: with every column, and by all publications that hold them. */
    public interface Whole {
        boolean contains(TableShape table) throws SQLException;
    }

    /**
     * Whether somebody who gets these tables whole gets every change of this transaction, each unaltered. False also where only the images could tell: an UPDATE that may say nothing new.
     *
     * @throws MalformedException the bytes are not a transaction, as far as was looked
     */
    public boolean passesWhole(byte[] transaction, Whole whole) throws IOException, SQLException {
        tables.clear();
        RecordStream records = new RecordStream(transaction, 0, transaction.length);
        if (records.readByte() != TransactionWriter.FORMAT) {
            return false;
        }
        long changes = 0;
        for (int code = records.nextRecord(); code != RecordCode.END; code = records.nextRecord()) {
            if (code == RecordCode.CHANGE) {
                if (!passes(records.content())) {
                    return false;
                }
                changes++;
            } else if (code == RecordCode.TABLE) {
                if (!name(records.content(), whole)) {
                    return false;
                }
            } else if (code != RecordCode.BEGIN && code != RecordCode.CHUNK) {
                return false;
            }
        }
        records.expectEnd();
        return changes > 0;
    }

    /** Whether it has statements of PASSTHROUGH, so that what is left of it is not the same for all who get the same tables. */
    public static boolean passes(byte[] transaction) throws IOException {
        RecordStream records = new RecordStream(transaction, 0, transaction.length);
        if (records.readByte() != TransactionWriter.FORMAT) {
            return true;
        }
        int code = records.nextRecord();
        while (code != RecordCode.END && code != RecordCode.PASSTHROUGH) {
            code = records.nextRecord();
        }
        return code == RecordCode.PASSTHROUGH;
    }

    private boolean name(ByteSource content, Whole whole) throws MalformedException, SQLException {
        content.getNumber(Integer.MAX_VALUE, "table number");
        TableCode table = shapes.read(content);
        tables.add(table);
        return whole.contains(table.shape);
    }

    private boolean passes(ByteSource content) throws MalformedException {
        int number = content.getNumber(Integer.MAX_VALUE, "table number");
        int operation = content.getByte();
        int parts = content.getByte();
        if (number >= tables.size()) {
            throw new MalformedException("a change names table number " + number + " of " + tables.size());
        }
        boolean mayBeEmpty = operation == Operation.UPDATE.code() && (parts & ChangeWriter.OLD_KEY) == 0;
        return !mayBeEmpty || (parts & (ChangeWriter.BEFORE | ChangeWriter.AFTER_COMPLETE)) == ChangeWriter.AFTER_COMPLETE && tables.get(number).hasMoreThanKey();
    }
}
