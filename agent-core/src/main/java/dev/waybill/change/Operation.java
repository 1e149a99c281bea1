// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

/** What happened to a row. {@code code} is the byte on the wire. */
public enum Operation {
    /** The row came into being; the after-image has all captured columns. */
    INSERT(1),
    /** The row changed; the after-image has at least the key. With an old key, the key changed. */
    UPDATE(2),
    /** The row is gone; the before-image has at least the key. */
    DELETE(3),
    /** The row now is as the after-image says, whether it was there before or not (MERGE and upserts, where the database does not say which). */
    UPSERT(4),
    /** Every row of the table is gone; no images. */
    TRUNCATE(5);

    private final int code;

    Operation(int code) {
        this.code = code;
    }

    /** The byte on the wire. */
    public int code() {
        return code;
    }
}
