// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Hop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Shapes, transactions and the way there and back, for the tests of this room. */
final class TransactionSamples {

    private TransactionSamples() {}

    static Begin begin() {
        return new Begin(new UUID(1, 2), "hq", "SA", List.of(new Hop("branch", new UUID(3, 4), 942712)));
    }

    static End end(long changes) {
        return new End(Instant.ofEpochSecond(1_700_000_000, 123_456_789), changes);
    }

    /** A table with an integer key and one more column for each type. */
    static TableShape table(ColumnType... types) {
        List<ColumnShape> columns = new ArrayList<>();
        columns.add(new ColumnShape("ID", ColumnType.of(SqlType.BIGINT)));
        for (int i = 0; i < types.length; i++) {
            columns.add(new ColumnShape("C" + i, types[i]));
        }
        return new TableShape("PUBLIC", "T" + types.length, 7, columns, List.of(0));
    }

    static RowImage row(Object... values) {
        return new RowImage(values);
    }

    static Change insert(TableShape table, Object... values) {
        return new Change(table, Operation.INSERT, null, null, row(values), List.of());
    }

    static byte[] write(TransactionRecord... records) throws IOException {
        ByteSink sink = new ByteSink();
        TransactionWriter writer = new TransactionWriter(sink);
        for (TransactionRecord record : records) {
            writer.write(record);
        }
        return sink.bytes();
    }

    static byte[] transaction(Change... changes) throws IOException {
        List<TransactionRecord> records = new ArrayList<>();
        records.add(begin());
        records.addAll(Arrays.asList(changes));
        records.add(end(changes.length));
        return write(records.toArray(TransactionRecord[]::new));
    }

    static List<TransactionRecord> read(byte[] bytes) throws IOException {
        try (TransactionReader reader = new TransactionReader(bytes)) {
            List<TransactionRecord> records = new ArrayList<>();
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                records.add(record);
            }
            return records;
        }
    }

    static LargeValue large(byte[] content) {
        return new LargeValue() {
            @Override
            public long lengthBytes() {
                return -1;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(content);
            }
        };
    }
}
