// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.ColumnType;
import dev.waybill.change.RowImage;
import dev.waybill.change.RowWriter;
import dev.waybill.change.SqlType;
import dev.waybill.change.ValueKind;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.ColumnFacts;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * {@code INSERT INTO t [(columns)] VALUES (?, …)} of one row: what it stores is what is bound, as far as that is certain. The types must be the same, lengths and scales must fit as they are, and nothing in the table may give
 * another value (identity, generated columns, domains, DEFAULT ON NULL). Whatever is left in doubt is asked from the database. Immutable; any thread.
 */
final class PlainInsert {

    /** Longer values are asked from the database, which hands them out piece by piece. */
    private static final int MAX_LENGTH = 8192;
    private static final int MAX_YEAR = 9999;
    private static final Object UNKNOWN = new Object();

    // What a column takes.
    private static final byte INTEGERS = 1;
    private static final byte TRUTHS = 2;
    private static final byte DOUBLES = 3;
    private static final byte REALS = 4;
    private static final byte MOMENTS = 5;
    private static final byte TEXTS = 6;
    private static final byte DECIMALS = 7;

    private static final long FIRST_SECOND = LocalDate.of(1, 1, 1).toEpochDay() * 86_400;
    private static final long LAST_SECOND = LocalDate.of(MAX_YEAR + 1, 1, 1).toEpochDay() * 86_400 - 1;

    private final int parameters;
    private final ColumnType[] types;
    private final ValueKind[] kinds;
    private final byte[] takes;
    private final boolean[] nullable;
    private final int[] sources;
    private final int[] targets;
    private final int[] units;
    private final int[] limits;
    private final boolean whole;

    private PlainInsert(CapturedTable table, List<String> columns) {
        this.parameters = columns.size();
        String[] captured = table.captured();
        this.types = new ColumnType[captured.length];
        this.kinds = new ValueKind[captured.length];
        this.takes = new byte[captured.length];
        this.nullable = new boolean[captured.length];
        this.sources = new int[captured.length];
        this.targets = new int[parameters];
        this.units = new int[captured.length];
        this.limits = new int[captured.length];
        Arrays.fill(targets, -1);
        for (int i = 0; i < captured.length; i++) {
            types[i] = table.type(i);
            kinds[i] = types[i].kind();
            takes[i] = takes(types[i].type());
            units[i] = unit(types[i].scale());
            limits[i] = limit(types[i]);
            nullable[i] = table.facts(captured[i]).nullable();
            sources[i] = columns.indexOf(captured[i]);
            if (sources[i] >= 0) {
                targets[sources[i]] = i;
            }
        }
        this.whole = Arrays.stream(targets).noneMatch(target -> target < 0);
    }

    private static byte takes(SqlType type) {
        return switch (type) {
            case TINYINT, SMALLINT, INTEGER, BIGINT -> INTEGERS;
            case BOOLEAN -> TRUTHS;
            case DOUBLE -> DOUBLES;
            case REAL -> REALS;
            case TIMESTAMP -> MOMENTS;
            case VARCHAR -> TEXTS;
            case NUMERIC -> DECIMALS;
            default -> 0;
        };
    }

    /** The statement as such an INSERT; null when it is another one, or its table is one of those where what is stored may be something else. */
    static PlainInsert of(SqlText text, Target target, NameResolver names) {
        CapturedTable table = target.captured();
        List<String> columns = table.columns();
        int at = target.end();
        if (text.isSymbol(at, "(")) {
            int end = text.afterParentheses(at);
            columns = columns(text, at + 1, end - 1, names);
            at = end;
        }
        if (table.isSettled() || columns == null || !table.columns().containsAll(columns) || columns.stream().distinct().count() != columns.size() || text.hasNumberedParameters() || !isRow(text, at, columns.size())) {
            return null;
        }
        for (String column : table.captured()) {
            ColumnFacts facts = table.facts(column);
            if (facts == null || !facts.stores() || !columns.contains(column) && (facts.defaulted() || !facts.nullable())) {
                return null;
            }
        }
        return new PlainInsert(table, columns);
    }

    private static List<String> columns(SqlText text, int from, int to, NameResolver names) {
        List<String> columns = new ArrayList<>();
        for (int i = from; i < to; i += 2) {
            if (!text.isName(i) || i + 1 < to && !text.isSymbol(i + 1, ",")) {
                return null;
            }
            columns.add(names.kept(text, i));
        }
        return columns;
    }

    private static boolean isRow(SqlText text, int at, int count) {
        if (count == 0 || !text.isWord(at, "VALUES") || !text.isSymbol(at + 1, "(") || text.size() != at + 2 + 2 * count || !text.isSymbol(text.size() - 1, ")")) {
            return false;
        }
        return text.parameters(at, text.size()) == count && IntStream.range(1, count).allMatch(i -> text.isSymbol(at + 1 + 2 * i, ","));
    }

    int parameters() {
        return parameters;
    }

    /** Whether what this parameter, from 1, is bound to goes into a column that has a time without a zone. */
    boolean isLocalTime(int parameter) {
        return targets[parameter - 1] >= 0 && takes[targets[parameter - 1]] == MOMENTS;
    }

    /** Whether all that is bound is part of the row that is captured, so that it can be read from that again. */
    boolean isWhole() {
        return whole;
    }

    /**
     * Writes the row that these parameters make.
     *
     * @return false when the database has to be asked, and nothing is written
     */
    boolean encode(BoundParameters bound, RowWriter row) {
        int start = row.size();
        for (int i = 0; i < takes.length; i++) {
            if (!encode(i, bound, row)) {
                row.truncate(start);
                return false;
            }
        }
        return true;
    }

    /** What does not belong there is written first and dropped then: so each value is looked at once. */
    private boolean encode(int column, BoundParameters bound, RowWriter row) {
        int source = sources[column];
        switch (source < 0 ? BoundParameters.NULL : bound.form(source)) {
            case BoundParameters.NULL -> {
                row.nothing();
                return nullable[column];
            }
            case BoundParameters.LONG, BoundParameters.INT, BoundParameters.SHORT, BoundParameters.BYTE -> {
                row.integer(bound.number(source));
                return takes[column] == INTEGERS;
            }
            case BoundParameters.BOOLEAN -> {
                row.truth(bound.number(source) == 1);
                return takes[column] == TRUTHS;
            }
            case BoundParameters.DOUBLE -> {
                row.doubleBits(bound.number(source));
                return takes[column] == DOUBLES && isOrdinary(Double.longBitsToDouble(bound.number(source)), bound.number(source));
            }
            case BoundParameters.FLOAT -> {
                row.realBits((int) bound.number(source));
                return takes[column] == REALS && isOrdinary(Float.intBitsToFloat((int) bound.number(source)), bound.number(source));
            }
            case BoundParameters.MOMENT -> {
                long second = bound.number(source);
                row.timestamp(second, bound.nanos(source));
                return takes[column] == MOMENTS && second >= FIRST_SECOND && second <= LAST_SECOND && bound.nanos(source) % units[column] == 0;
            }
            case BoundParameters.OBJECT -> {
                return encode(column, bound.object(source), row);
            }
            default -> {
                return false;
            }
        }
    }

    private boolean encode(int column, Object given, RowWriter row) {
        if (takes[column] == TEXTS && given instanceof String text) {
            boolean known = !text.isEmpty() && text.length() <= limits[column];
            if (known) {
                row.text(text);
            }
            return known;
        }
        Object stored = stored(types[column], given);
        if (stored == UNKNOWN) {
            return false;
        } else if (takes[column] == DECIMALS) {
            row.decimal((BigDecimal) stored);
        } else {
            row.value(kinds[column], stored);
        }
        return true;
    }

    /** Neither no number nor a zero below zero. */
    private static boolean isOrdinary(double number, long bits) {
        return number > 0 || number < 0 || bits == 0;
    }

    /** What was bound for a row that was written here; only where it {@link #isWhole}. */
    Object[] values(RowWriter rows, int from) {
        Object[] columns = rows.values(Arrays.asList(types), from);
        Object[] values = new Object[parameters];
        for (int i = 0; i < parameters; i++) {
            values[i] = columns[targets[i]];
        }
        return values;
    }

    /** The row that these values make; null when the database has to be asked. */
    RowImage image(Object[] bound) {
        Object[] values = new Object[types.length];
        for (int i = 0; i < values.length; i++) {
            Object given = sources[i] < 0 ? null : bound[sources[i]];
            values[i] = given == null ? nullable[i] ? null : UNKNOWN : stored(types[i], given);
            if (values[i] == UNKNOWN) {
                return null;
            }
        }
        return new RowImage(values);
    }

    /** Whether these values make a row. */
    boolean isKnown(Object[] bound) {
        for (int i = 0; i < types.length; i++) {
            Object given = sources[i] < 0 ? null : bound[sources[i]];
            if (given == null ? !nullable[i] : stored(types[i], given) == UNKNOWN) {
                return false;
            }
        }
        return true;
    }

    private static Object stored(ColumnType type, Object given) {
        return switch (type.type()) {
            case TINYINT, SMALLINT, INTEGER, BIGINT -> integer(given);
            case VARCHAR -> given instanceof String text && !text.isEmpty() && fits(text.length(), type) ? text : UNKNOWN;
            case VARBINARY -> given instanceof byte[] bytes && fits(bytes.length, type) ? bytes : UNKNOWN;
            case NUMERIC, DECFLOAT -> given instanceof BigDecimal number && type.scale() >= 0 && number.getClass() == BigDecimal.class && number.scale() == type.scale() ? number : UNKNOWN;
            case BOOLEAN -> given instanceof Boolean ? given : UNKNOWN;
            case DOUBLE -> given instanceof Double number && (number > 0 || number < 0 || Double.doubleToRawLongBits(number) == 0) ? number : UNKNOWN;
            case REAL -> given instanceof Float number && (number > 0 || number < 0 || Float.floatToRawIntBits(number) == 0) ? number : UNKNOWN;
            case TIMESTAMP -> given instanceof LocalDateTime time && isOrdinary(time.getYear()) && isWhole(time.getNano(), type.scale()) ? time : UNKNOWN;
            case DATE -> given instanceof LocalDate date && isOrdinary(date.getYear()) ? date : UNKNOWN;
            case UUID -> given instanceof UUID ? given : UNKNOWN;
            default -> UNKNOWN;
        };
    }

    private static Object integer(Object given) {
        if (given instanceof Long) {
            return given;
        }
        return given instanceof Integer || given instanceof Short || given instanceof Byte ? (Object) ((Number) given).longValue() : UNKNOWN;
    }

    private static boolean fits(int length, ColumnType type) {
        return length <= limit(type);
    }

    private static int limit(ColumnType type) {
        return type.precision() < 0 ? MAX_LENGTH : (int) Math.min(MAX_LENGTH, type.precision());
    }

    private static boolean isOrdinary(int year) {
        return year > 0 && year <= MAX_YEAR;
    }

    /** Whether nothing is rounded away. */
    private static boolean isWhole(int nanos, int scale) {
        return nanos % unit(scale) == 0;
    }

    /** The nanoseconds that a time with so many digits counts by. */
    private static int unit(int scale) {
        int unit = 1;
        for (int i = 9; i > scale && scale >= 0; i--) {
            unit *= 10;
        }
        return unit;
    }
}
