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
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The simple values that are bound to a prepared statement: so that they need not be asked from the database again, and can be bound to another statement, as immutable objects that {@code setObject} binds to the same value. Numbers are
 * kept as numbers: an object for each of them, and for nothing, would cost more than all that is done with it. Used by the thread of the statement.
 */
public final class BoundParameters {

    /** Not bound. */
    static final Object UNSET = new Object();

    // What a parameter is bound to.
    static final byte UNBOUND = 0;
    static final byte NULL = 1;
    static final byte BYTE = 2;
    static final byte SHORT = 3;
    static final byte INT = 4;
    static final byte LONG = 5;
    static final byte BOOLEAN = 6;
    static final byte FLOAT = 7;
    static final byte DOUBLE = 8;

    /** A local time, in seconds after 1970 began there, and nanoseconds. */
    static final byte MOMENT = 9;

    /** Any other. */
    static final byte OBJECT = 10;

    private final PlainInsert insert;
    private final Supplier<ZoneRules> zone;
    private final byte[] forms;
    private final long[] numbers;
    private final int[] nanos;
    private Object[] objects;
    private boolean holdsObjects;
    private boolean changed;

    /**
     * @param insert whose parameters they are
     * @param zone   the session's time zone, by which it understands a Timestamp; null while it is not known
     */
    BoundParameters(PlainInsert insert, Supplier<ZoneRules> zone) {
        this.insert = insert;
        this.zone = zone;
        this.forms = new byte[insert.parameters()];
        this.numbers = new long[forms.length];
        this.nanos = new int[forms.length];
        this.objects = new Object[forms.length];
    }

    // ---- setters that the real driver has accepted ----

    /** {@code setNull}. */
    public void setNull(int index) {
        set(index, NULL, 0);
    }

    public void set(int index, boolean value) {
        set(index, BOOLEAN, value ? 1 : 0);
    }

    public void set(int index, byte value) {
        set(index, BYTE, value);
    }

    public void set(int index, short value) {
        set(index, SHORT, value);
    }

    public void set(int index, int value) {
        set(index, INT, value);
    }

    public void set(int index, long value) {
        set(index, LONG, value);
    }

    public void set(int index, float value) {
        set(index, FLOAT, Float.floatToRawIntBits(value));
    }

    public void set(int index, double value) {
        set(index, DOUBLE, Double.doubleToRawLongBits(value));
    }

    /** A text. */
    public void set(int index, String value) {
        object(index, value);
    }

    /** A number of a class that nobody can change, or one that is not known here, which then is in doubt. */
    public void set(int index, BigDecimal value) {
        object(index, value);
    }

    /** Bytes. */
    public void set(int index, byte[] value) {
        object(index, value == null ? null : value.clone());
    }

    private void set(int index, byte form, long number) {
        forms[index - 1] = form;
        numbers[index - 1] = number;
        changed = true;
    }

    private void object(int index, Object value) {
        forms[index - 1] = value == null ? NULL : OBJECT;
        objects[index - 1] = value;
        holdsObjects = true;
        changed = true;
    }

    /**
     * {@code setTimestamp} and {@code setObject}, before the real driver is given the value: it is kept when it is of a class that is known here.
     *
     * @return false when it cannot be kept, and nothing has changed
     */
    public boolean keep(int index, Object value) {
        if (index < 1 || index > forms.length) {
            return true;
        } else if (value instanceof Timestamp timestamp) {
            return insert.isLocalTime(index) && keep(index, timestamp);
        } else if (value != null && !isKnown(value)) {
            return false;
        }
        put(index, value instanceof byte[] bytes ? bytes.clone() : value);
        return true;
    }

    /** As the database understands it for a column that has no zone: by the zone of its session, in the calendar of today; not where calendars or zones may make a difference. */
    private boolean keep(int index, Timestamp timestamp) {
        ZoneRules rules = zone.get();
        long millis = timestamp.getTime();
        if (rules == null || timestamp.getClass() != Timestamp.class || millis < 0) {
            return false;
        }
        long second = Math.floorDiv(millis, 1000L);
        ZoneOffset offset = rules.isFixedOffset() ? rules.getOffset(Instant.EPOCH) : rules.getOffset(Instant.ofEpochSecond(second));
        set(index, MOMENT, second + offset.getTotalSeconds());
        nanos[index - 1] = timestamp.getNanos();
        return true;
    }

    private static boolean isKnown(Object value) {
        Class<?> type = value.getClass();
        return type == String.class || type == Long.class || type == Integer.class || type == BigDecimal.class || type == LocalDateTime.class || type == Boolean.class || type == Double.class || type == UUID.class
                || type == LocalDate.class || type == Float.class || type == byte[].class || type == Short.class || type == Byte.class;
    }

    /** Holds this value of a known class, or nothing when it is {@link #UNSET}. */
    private void put(int index, Object value) {
        if (value instanceof Long number) {
            set(index, number.longValue());
        } else if (value instanceof Integer number) {
            set(index, number.intValue());
        } else if (value instanceof Boolean truth) {
            set(index, truth.booleanValue());
        } else if (value instanceof Double number) {
            set(index, number.doubleValue());
        } else if (value instanceof Float number) {
            set(index, number.floatValue());
        } else if (value instanceof Short number) {
            set(index, number.shortValue());
        } else if (value instanceof Byte number) {
            set(index, number.byteValue());
        } else if (value == UNSET) {
            set(index, UNBOUND, 0);
        } else {
            object(index, value);
        }
    }

    /** {@code clearParameters}. */
    public void clear() {
        for (int i = 1; i <= forms.length; i++) {
            set(i, UNBOUND, 0);
        }
    }

    // ---- what is bound ----

    PlainInsert insert() {
        return insert;
    }

    /** What a parameter, from 0, is bound to. */
    byte form(int parameter) {
        return forms[parameter];
    }

    /** A number, a truth value as 1 or 0, the bits of a floating point number, the seconds of a moment. */
    long number(int parameter) {
        return numbers[parameter];
    }

    /** The nanoseconds of a moment. */
    int nanos(int parameter) {
        return nanos[parameter];
    }

    Object object(int parameter) {
        return objects[parameter];
    }

    /** Storing new objects in an old array costs a collector with generations more than a copy that is still young. To be called once for each execution. */
    void renew() {
        if (holdsObjects) {
            objects = objects.clone();
        }
    }

    /** Whether anything was bound since {@link #settle}. */
    boolean isChanged() {
        return changed;
    }

    void settle() {
        changed = false;
    }

    /** What is bound now, in the order of the parameters, for the caller to keep. */
    Object[] values() {
        Object[] values = new Object[forms.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(i);
        }
        return values;
    }

    private Object value(int parameter) {
        long number = numbers[parameter];
        return switch (forms[parameter]) {
            case NULL -> null;
            case BYTE -> (byte) number;
            case SHORT -> (short) number;
            case INT -> (int) number;
            case LONG -> number;
            case BOOLEAN -> number == 1;
            case FLOAT -> Float.intBitsToFloat((int) number);
            case DOUBLE -> Double.longBitsToDouble(number);
            case MOMENT -> LocalDateTime.ofEpochSecond(number, nanos[parameter], ZoneOffset.UTC);
            case OBJECT -> objects[parameter];
            default -> UNSET;
        };
    }

    /** Holds from now on these, that {@link #values} gave. */
    void become(Object[] values) {
        for (int i = 0; i < values.length; i++) {
            put(i + 1, values[i]);
        }
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
}
