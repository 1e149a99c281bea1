// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Inserts rows of the journal that this process has made, several at once. One thread. */
final class JournalInsert implements AutoCloseable {

    private static final long BATCH_BYTES = 1L << 20;

    private final Dialect dialect;
    private final PreparedStatement insert;
    private long bytes;

    JournalInsert(Dialect dialect, Connection raw) throws SQLException {
        this.dialect = dialect;
        insert = raw.prepareStatement("INSERT INTO " + dialect.catalogueTable("journal") + " (" + JournalPart.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    }

    /** Some rows wait until {@link #finish}. */
    void add(JournalPart row) throws SQLException {
        insert.setLong(1, row.end());
        insert.setLong(2, row.logOffset());
        insert.setInt(3, row.part());
        insert.setObject(4, row.transactionId());
        insert.setBoolean(5, row.last());
        insert.setString(6, row.origin());
        insert.setString(7, row.target());
        insert.setBytes(8, row.digest().bytes());
        insert.setObject(9, dialect.moment(row.committedAt()));
        insert.setInt(10, row.size());
        insert.setInt(11, row.crc());
        insert.setBytes(12, row.payload());
        insert.setInt(13, row.transactions());
        insert.addBatch();
        bytes += row.payload().length;
        if (bytes >= BATCH_BYTES) {
            finish();
        }
    }

    /** All rows are there. */
    void finish() throws SQLException {
        if (bytes > 0) {
            insert.executeBatch();
            bytes = 0;
        }
    }

    @Override
    public void close() throws SQLException {
        insert.close();
    }
}
