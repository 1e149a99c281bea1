// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

/** First bytes of records. They never change their meaning. */
final class RecordCode {

    /** Set: who does not know the code must refuse the transaction. Not set: he may skip the record. */
    static final int CRITICAL = 0x80;

    static final int BEGIN = CRITICAL | 1;
    static final int TABLE = CRITICAL | 2;
    static final int CHANGE = CRITICAL | 3;
    static final int CHUNK = CRITICAL | 4;
    static final int SNAPSHOT_START = CRITICAL | 5;
    static final int SNAPSHOT_END = CRITICAL | 6;
    static final int END = CRITICAL | 7;
    static final int PASSTHROUGH = CRITICAL | 8;
    static final int PASSTHROUGH_END = CRITICAL | 14;
    static final int SNAPSHOT_REFERENCE = CRITICAL | 13;
    /** Who does not know it takes the sender for one who has seen nothing. */
    static final int SEEN = 2;

    private RecordCode() {}
}
