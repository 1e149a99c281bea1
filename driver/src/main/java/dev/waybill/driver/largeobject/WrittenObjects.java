// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.largeobject;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the open transaction of one connection has done with large objects past SQL. Used under the connection's lock. */
public final class WrittenObjects {

    /** Beyond so many, those that were made here count as if they had not been. */
    private static final int REMEMBERED = 100_000;

    /** Which object a descriptor stands for. */
    private final Map<Integer, Long> open = new HashMap<>();
    /** Objects that this transaction has made, and how much it had recorded by then. */
    private final Map<Long, Long> made = new HashMap<>();
    private final Set<Long> written = new TreeSet<>();
    private boolean unlinked;

    /** Whether this function is one of large objects, so that what it does is known. */
    public static boolean knows(int function) {
        return ObjectFunction.of(function) != null;
    }

    /** Whether it changes or removes an object. */
    public static boolean changes(int function) {
        return ObjectFunction.of(function).changes();
    }

    /**
     * Such a function has run.
     *
     * @param first    its first argument, four bytes
     * @param answer   what it gave back
     * @param recorded how many changes the transaction has recorded
     */
    public void called(int function, byte[] first, byte[] answer, long recorded) {
        switch (ObjectFunction.of(function)) {
            case OPEN -> open.put(number(answer).intValue(), number(first));
            case MAKE, MAKE_AS, FROM_BYTES -> make(number(answer), recorded);
            case WRITE, TRUNCATE, TRUNCATE_64 -> write(open.get(number(first).intValue()), recorded);
            case PUT -> write(number(first), recorded);
            case UNLINK -> unlinked = true;
            default -> {
                return;
            }
        }
    }

    private void make(Long object, long recorded) {
        if (made.size() >= REMEMBERED) {
            made.clear();
        }
        made.put(object, recorded);
    }

    /** Without a row as long as nothing was recorded since it was made. */
    private void write(Long object, long recorded) {
        Long then = made.get(object);
        if (object != null && (then == null || then != recorded)) {
            written.add(object);
        }
    }

    private static Long number(byte[] bytes) {
        return bytes.length == Long.BYTES ? ByteBuffer.wrap(bytes).getLong() : ByteBuffer.wrap(bytes).getInt() & 0xffff_ffffL;
    }

    /** Objects that published rows may refer to, with content that was not recorded. */
    public Collection<Long> written() {
        return written;
    }

    /** Whether an object was removed past SQL. */
    public boolean isUnlinked() {
        return unlinked;
    }

    /** The transaction is over. */
    public void clear() {
        open.clear();
        made.clear();
        written.clear();
        unlinked = false;
    }
}
