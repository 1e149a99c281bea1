// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.ColumnType;
import dev.waybill.change.RowImage;
import dev.waybill.change.SqlType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
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

    private final int parameters;
    private final ColumnType[] types;
    private final boolean[] nullable;
    private final int[] sources;

    private PlainInsert(CapturedTable table, List<String> columns) {
        this.parameters = columns.size();
        String[] captured = table.captured();
        this.types = new ColumnType[captured.length];
        this.nullable = new boolean[captured.length];
        this.sources = new int[captured.length];
        for (int i = 0; i < captured.length; i++) {
            types[i] = table.type(i);
            nullable[i] = table.facts(captured[i]).nullable();
            sources[i] = columns.indexOf(captured[i]);
        }
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
        if (columns == null || !table.columns().containsAll(columns) || columns.stream().distinct().count() != columns.size() || text.hasNumberedParameters() || !isRow(text, at, columns.size())) {
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
        for (int i = 0; i < types.length; i++) {
            if (sources[i] == parameter - 1) {
                return types[i].type() == SqlType.TIMESTAMP;
            }
        }
        return false;
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
        return length <= MAX_LENGTH && (type.precision() < 0 || length <= type.precision());
    }

    private static boolean isOrdinary(int year) {
        return year > 0 && year <= MAX_YEAR;
    }

    /** Whether nothing is rounded away. */
    private static boolean isWhole(int nanos, int scale) {
        int unit = 1;
        for (int i = 9; i > scale && scale >= 0; i--) {
            unit *= 10;
        }
        return nanos % unit == 0;
    }
}
