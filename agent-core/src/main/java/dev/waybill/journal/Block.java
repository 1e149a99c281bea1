// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.change.ByteSource;
import dev.waybill.change.MalformedException;
import java.util.Arrays;
import java.util.UUID;
import java.sql.SQLException;

/**
 * Many small transactions in one row of the journal, taken apart; its form stands on the package page. Every transaction has its own place, digest and checksum. All of them are checked before the first is given out: the
 * rolling digest over what the directory says must end at the digest of the row. Immutable; any thread.
 */
final class Block {

    /** The most bytes of a payload: it is deleted like any other row of ours. */
    static final int MAX_BYTES = OutboxWriter.MAX_PART_BYTES;
    /** How its form has changed so far. */
    static final int FORM = 1;

    private final JournalPart row;
    private final byte[] payload;
    private final UUID[] transactionIds;
    private final long[] ends;
    private final Digest[] digests;
    private final int contents;

    private Block(JournalPart row, byte[] payload, int count, int contents) {
        this.row = row;
        this.payload = payload;
        this.transactionIds = new UUID[count];
        this.ends = new long[count];
        this.digests = new Digest[count];
        this.contents = contents;
    }

    /**
     * Takes a row apart.
     *
     * @throws SQLException JOURNAL_BROKEN
     */
    static Block of(JournalPart row) throws SQLException {
        byte[] payload = row.checkedPayload();
        try {
            if (payload.length <= row.size() || !row.last() || row.part() != 0 || row.end() != row.logOffset()) {
                throw row.broken("the row is none that holds " + row.transactions() + " transactions");
            }
            return new Block(row, payload, row.transactions(), payload.length - row.size()).filled(directory(row, payload));
        } catch (MalformedException malformed) {
            throw row.broken(malformed.getMessage());
        }
    }

    /** Where the form has been read. */
    private static ByteSource directory(JournalPart row, byte[] payload) throws MalformedException, SQLException {
        ByteSource directory = new ByteSource(payload, 0, Math.max(0, payload.length - row.size()));
        int form = directory.getByte();
        if (form != FORM) {
            throw row.broken("it has the form " + form + ", this program knows " + FORM);
        }
        return directory;
    }

    private Block filled(ByteSource directory) throws MalformedException, SQLException {
        RollingDigest digest = new RollingDigest(new Digest(directory.getLong(), directory.getLong()));
        long end = row.begin();
        for (int i = 0; i < ends.length; i++) {
            directory.getZigzag();
            transactionIds[i] = directory.getUuid();
            int size = directory.getNumber(row.size(), "size of a transaction");
            digest.begin(transactionIds[i]);
            digest.part(0, size, directory.getInt());
            digests[i] = digest.end();
            end += size;
            ends[i] = end;
        }
        directory.expectEnd("directory");
        if (end != row.end() || !digest.last().equals(row.digest()) || !transactionIds[ends.length - 1].equals(row.transactionId())) {
            throw row.broken("its " + ends.length + " transactions end at " + new LogOffset(end) + " with the digest " + digest.last() + ", not with " + row.digest());
        }
        return this;
    }

    /** Adds the ids of the transactions in a row that is a block, without looking at anything else. */
    static void name(JournalPart row, TransactionIds transactions) throws SQLException {
        byte[] payload = row.checkedPayload();
        try {
            ByteSource directory = directory(row, payload);
            directory.getLong();
            directory.getLong();
            for (int i = 0; i < row.transactions(); i++) {
                directory.getZigzag();
                transactions.add(directory.getUuid());
                directory.getNumber(row.size(), "size of a transaction");
                directory.getInt();
            }
        } catch (MalformedException malformed) {
            throw row.broken(malformed.getMessage());
        }
    }

    int count() {
        return ends.length;
    }

    /** The number of the transaction that begins at this place, or else −1; the number after the last one at the end. */
    int startingAt(long place) {
        if (place == row.begin()) {
            return 0;
        }
        int found = Arrays.binarySearch(ends, place);
        return found < 0 ? -1 : found + 1;
    }

    JournalPart row() {
        return row;
    }

    UUID transactionId(int number) {
        return transactionIds[number];
    }

    long end(int number) {
        return ends[number];
    }

    long begin(int number) {
        return number == 0 ? row.begin() : ends[number - 1];
    }

    Digest digest(int number) {
        return digests[number];
    }

    /** What one transaction is; a copy. */
    byte[] content(int number) {
        int from = contents + (int) (begin(number) - row.begin());
        return Arrays.copyOfRange(payload, from, from + (int) (end(number) - begin(number)));
    }
}
