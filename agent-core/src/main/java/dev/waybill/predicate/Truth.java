// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

/** What a condition says of a row, by SQL's three-valued logic. */
public enum Truth {
    TRUE, FALSE, UNKNOWN;

    static Truth of(boolean claim) {
        return claim ? TRUE : FALSE;
    }

    Truth not() {
        return this == UNKNOWN ? UNKNOWN : of(this == FALSE);
    }
}
