// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The simple values that are bound to a prepared statement, as immutable objects that {@code setObject} binds to the same value: so that they need not be asked from the database again, and can be bound to another
 * statement. Used by the thread of the statement.
 */
public final class BoundParameters {

    /** Not bound. */
    static final Object UNSET = new Object();

    private final PlainInsert insert;
    private final Supplier<ZoneRules> zone;
    private Object[] values;

    /**
     * @param insert whose parameters they are
     * @param zone   the session's time zone, by which it understands a Timestamp; null while it is not known
     */
    BoundParameters(PlainInsert insert, Supplier<ZoneRules> zone) {
        this.insert = insert;
        this.zone = zone;
        this.values = new Object[insert.parameters()];
        clear();
    }

    /** {@code setNull}. */
    public void setNull(int index) {
        values[index - 1] = null;
    }

    /** A setter that the real driver has accepted, of a number, a text, a truth value, bytes. */
    public void set(int index, Object value) {
        values[index - 1] = value instanceof byte[] bytes ? bytes.clone() : value;
    }

    /**
     * {@code setTimestamp} and {@code setObject}, before the real driver is given the value: it is kept when it is of a class that is known here.
     *
     * @return false when it cannot be kept, and nothing has changed
     */
    public boolean keep(int index, Object value) {
        if (index < 1 || index > values.length) {
            return true;
        }
        Object kept = value instanceof Timestamp timestamp ? insert.isLocalTime(index) ? local(timestamp) : null : value;
        if (kept == null ? value != null : !isKnown(kept)) {
            return false;
        }
        set(index, kept);
        return true;
    }

    /** {@code clearParameters}. */
    public void clear() {
        Arrays.fill(values, UNSET);
    }

    /** What is bound now, in the order of the parameters; not to be written to. */
    Object[] values() {
        return values;
    }

    /**
     * As {@link #values}, for the caller to keep: what is bound later goes into another array. (Storing new objects in an old array costs a collector with generations more than a copy that is still young.)
     */
    Object[] take() {
        Object[] taken = values;
        values = taken.clone();
        return taken;
    }

    /** Holds from now on what this copy of values held. */
    void become(Object[] other) {
        values = other.clone();
    }

    /** Binds these values to another statement. What is not bound here is not bound there, and the database says so. */
    static void bind(Object[] values, PreparedStatement statement) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                statement.setNull(i + 1, Types.NULL);
            } else if (values[i] != UNSET) {
                statement.setObject(i + 1, values[i]);
            }
        }
    }

    private static boolean isKnown(Object value) {
        Class<?> type = value.getClass();
        return type == String.class || type == Long.class || type == Integer.class || type == BigDecimal.class || type == LocalDateTime.class || type == Boolean.class || type == Double.class || type == UUID.class
                || type == LocalDate.class || type == Float.class || type == byte[].class || type == Short.class || type == Byte.class;
    }

    /** As the database understands it for a column that has no zone: by the zone of its session, in the calendar of today; null where calendars or zones may make a difference. */
    private LocalDateTime local(Timestamp timestamp) {
        ZoneRules rules = zone.get();
        long millis = timestamp.getTime();
        if (rules == null || timestamp.getClass() != Timestamp.class || millis < 0) {
            return null;
        }
        long second = Math.floorDiv(millis, 1000L);
        ZoneOffset offset = rules.isFixedOffset() ? rules.getOffset(Instant.EPOCH) : rules.getOffset(Instant.ofEpochSecond(second));
        return LocalDateTime.ofEpochSecond(second, timestamp.getNanos(), offset);
    }
}
