// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a declared type of SQLite means here, and how types of others are declared. SQLite itself keeps only an affinity of what was declared, and takes nearly everything in every column.
 *
 * <p>Columns whose values SQLite keeps in one way alone have the standard's types. All others (dates, which its driver writes as numbers or as text; columns without a type; names that nobody knows) are NATIVE: their values travel
 * as they are kept, whatever they are.
 */
final class SqliteTypes {

    /** The qualifier of a number that SQLite keeps as a 64-bit integer or as a double: its digits are those that this has. */
    static final String NUMBER = "sqlite";
    /** A column that converts nothing. */
    static final String ANY = "ANY";

    private static final String SCHEMA = "\"sqlite\".";
    /** Beyond so many digits an ordinary number of SQLite's is rounded. */
    private static final int SURE_DIGITS = 15;
    private static final Pattern DECLARED = Pattern.compile("([^(]*?)\\s*(?:\\(\\s*(\\d{1,9})\\s*(?:,\\s*(\\d{1,9})\\s*)?\\).*)?");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Z][A-Z0-9_ ]{0,63}");

    private static final Map<String, SqlType> KNOWN = Map.ofEntries(
            Map.entry("INTEGER", SqlType.BIGINT), Map.entry("BIGINT", SqlType.BIGINT), Map.entry("INT8", SqlType.BIGINT), Map.entry("UNSIGNED BIG INT", SqlType.BIGINT),
            Map.entry("INT", SqlType.INTEGER), Map.entry("INT4", SqlType.INTEGER), Map.entry("MEDIUMINT", SqlType.INTEGER), Map.entry("SMALLINT", SqlType.SMALLINT), Map.entry("INT2", SqlType.SMALLINT),
            Map.entry("TINYINT", SqlType.TINYINT), Map.entry("BOOLEAN", SqlType.BOOLEAN), Map.entry("BOOL", SqlType.BOOLEAN), Map.entry("CLOB", SqlType.CLOB),
            Map.entry("BLOB", SqlType.BLOB), Map.entry("BINARY", SqlType.BLOB), Map.entry("VARBINARY", SqlType.BLOB), Map.entry("UUID", SqlType.UUID), Map.entry("JSON_TEXT", SqlType.JSON));

    private SqliteTypes() {}

    /**
     * The type of a column.
     *
     * @param declared as the table's definition has it; empty for none
     * @param strict   whether the table is STRICT, where ANY converts nothing
     */
    static ColumnType type(String declared, boolean strict) {
        Matcher parts = DECLARED.matcher(declared.strip().toUpperCase(Locale.ROOT));
        boolean known = parts.matches();
        String name = known ? parts.group(1).replaceAll("\\s+", " ") : "";
        long precision = known && parts.group(2) != null ? Long.parseLong(parts.group(2)) : -1;
        int scale = known && parts.group(3) != null ? Integer.parseInt(parts.group(3)) : -1;
        if (name.equals("DECIMAL_TEXT")) {
            return scale < 0 ? ColumnType.of(SqlType.DECFLOAT) : ColumnType.of(SqlType.NUMERIC, precision, scale);
        } else if (name.equals("NUMERIC") || name.equals("DECIMAL") || name.equals("NUMBER")) {
            return number();
        } else if (strict && name.equals(ANY) || name.isEmpty()) {
            return own(ANY);
        }
        SqlType type = KNOWN.get(name);
        return type != null ? ColumnType.of(type) : byAffinity(name, precision);
    }

    /** SQLite's five rules, in their order. */
    private static ColumnType byAffinity(String name, long precision) {
        if (name.contains("INT")) {
            return ColumnType.of(SqlType.BIGINT);
        } else if (name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT")) {
            return ColumnType.of(SqlType.VARCHAR, precision > 0 ? precision : -1, -1);
        } else if (name.contains("BLOB")) {
            return ColumnType.of(SqlType.BLOB);
        } else if (name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB")) {
            return ColumnType.of(SqlType.DOUBLE);
        }
        return own(PLAIN_NAME.matcher(name).matches() && !name.equals(ANY) ? name : "NUMERIC_VALUE");
    }

    private static ColumnType number() {
        return new ColumnType(SqlType.DECFLOAT, -1, -1, NUMBER, List.of(), List.of());
    }

    private static ColumnType own(String name) {
        return new ColumnType(SqlType.NATIVE, -1, -1, SCHEMA + '"' + name + '"', List.of(), List.of());
    }

    /** Whether it is a type that only SQLite has. */
    static boolean isOwn(ColumnType type) {
        return type.type() == SqlType.NATIVE && type.qualifier().startsWith(SCHEMA);
    }

    /** Of one that is {@link #isOwn}: whether its column converts nothing, so that text and numbers look alike in it. */
    static boolean isAny(ColumnType type) {
        return name(type).equals(ANY);
    }

    private static String name(ColumnType own) {
        String name = own.qualifier().substring(SCHEMA.length() + 1, own.qualifier().length() - 1);
        return PLAIN_NAME.matcher(name).matches() ? name : ANY;
    }

    /** The type that a column has here when it is made for this one. */
    static ColumnType landing(ColumnType wanted) {
        return switch (wanted.type()) {
            case TINYINT, SMALLINT, INTEGER, BIGINT, BOOLEAN, DOUBLE, UUID, CLOB -> ColumnType.of(wanted.type());
            case REAL -> ColumnType.of(SqlType.DOUBLE);
            case BINARY, VARBINARY, BLOB, JAVA_OBJECT, GEOMETRY -> ColumnType.of(SqlType.BLOB);
            case CHAR, VARCHAR, VARCHAR_IGNORECASE -> ColumnType.of(SqlType.VARCHAR, wanted.precision() > 0 ? wanted.precision() : -1, -1);
            case NUMERIC, DECFLOAT -> isSure(wanted) ? number() : wanted.scale() < 0 || wanted.precision() < 0 ? ColumnType.of(SqlType.DECFLOAT) : ColumnType.of(SqlType.NUMERIC, wanted.precision(), wanted.scale());
            case JSON -> ColumnType.of(SqlType.JSON);
            case DATE, TIME, TIMESTAMP -> own(wanted.type().name());
            case TIME_WITH_TIME_ZONE -> own("TIME WITH TIME ZONE");
            case TIMESTAMP_WITH_TIME_ZONE -> own("TIMESTAMP WITH TIME ZONE");
            case NATIVE -> isOwn(wanted) ? own(name(wanted)) : ColumnType.of(SqlType.VARCHAR);
            default -> ColumnType.of(SqlType.VARCHAR);
        };
    }

    /** Whether every value of this decimal type survives as a number of SQLite's. */
    static boolean isSure(ColumnType decimal) {
        return decimal.qualifier().equals(NUMBER) || decimal.scale() >= 0 && decimal.precision() > 0 && decimal.precision() <= SURE_DIGITS;
    }

    /** As CREATE TABLE wants it. BIGINT is INTEGER here: only a key of that very name is the row's own number, which the database draws. */
    static String declared(ColumnType wanted) {
        ColumnType type = landing(wanted);
        return switch (type.type()) {
            case BIGINT -> "INTEGER";
            case INTEGER -> "INT";
            case VARCHAR -> type.precision() < 0 ? "TEXT" : "VARCHAR(" + type.precision() + ")";
            case DOUBLE -> "REAL";
            case JSON -> "JSON_TEXT";
            case NUMERIC -> "DECIMAL_TEXT(" + type.precision() + ", " + type.scale() + ")";
            case DECFLOAT -> !type.qualifier().equals(NUMBER) ? "DECIMAL_TEXT" : wanted.precision() > 0 && wanted.scale() >= 0 ? "DECIMAL(" + wanted.precision() + ", " + wanted.scale() + ")" : "NUMERIC";
            case NATIVE -> isAny(type) ? "" : name(type);
            default -> type.type().name();
        };
    }

    /** Whether a column declared so keeps text as text, whatever it looks like. */
    static boolean keepsText(String declared) {
        String name = declared.toUpperCase(Locale.ROOT);
        return name.isEmpty() || !name.contains("INT") && (name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT") || name.contains("BLOB"));
    }
}
