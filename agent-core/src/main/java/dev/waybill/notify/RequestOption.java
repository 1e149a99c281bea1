// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

/** What {@code error_handler} and {@code confirmation_handler} may answer, by MobiLink's numbers. */
public enum RequestOption {
    /** 0: what is done without a handler. */
    DEFAULT,
    /** 1: nothing. */
    NOTHING,
    /** 2: request_delete. */
    DELETE,
    /** 3: the gateway after the one that it was sent by. */
    SECONDARY;

    /** @throws IllegalArgumentException there is none of this number */
    public static RequestOption of(long number) {
        if (number < 0 || number >= values().length) {
            throw new IllegalArgumentException("the answer " + number + " is none of 0 (default), 1 (nothing), 2 (delete), 3 (secondary gateway)");
        }
        return values()[(int) number];
    }
}
