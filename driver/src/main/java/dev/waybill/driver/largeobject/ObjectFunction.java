// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.largeobject;

/** The server's functions of large objects, by their numbers, which are the same everywhere. */
enum ObjectFunction {
    OPEN(952), CLOSE(953), READ(954), WRITE(955), SEEK(956), MAKE(957), TELL(958), UNLINK(964), TRUNCATE(1004), MAKE_AS(715), SEEK_64(3170), TELL_64(3171), TRUNCATE_64(3172), FROM_BYTES(3457), GET(3458),
    GET_PART(3459), PUT(3460);

    private final int number;

    ObjectFunction(int number) {
        this.number = number;
    }

    /** Null for any other function. */
    static ObjectFunction of(int number) {
        for (ObjectFunction function : values()) {
            if (function.number == number) {
                return function;
            }
        }
        return null;
    }

    /** Whether it changes or removes an object that is there. */
    boolean changes() {
        return switch (this) {
            case WRITE, TRUNCATE, TRUNCATE_64, PUT, UNLINK -> true;
            default -> false;
        };
    }
}
