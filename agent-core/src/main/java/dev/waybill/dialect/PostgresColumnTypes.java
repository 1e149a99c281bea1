// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Column types of PostgreSQL, from pg_type. Domains are what they stand for; types without a neutral kind travel as PostgreSQL writes them. One thread.
 */
final class PostgresColumnTypes {

    private static final Map<String, SqlType> NEUTRAL = Map.ofEntries(Map.entry("bool", SqlType.BOOLEAN), Map.entry("int2", SqlType.SMALLINT), Map.entry("int4", SqlType.INTEGER),
            Map.entry("int8", SqlType.BIGINT), Map.entry("numeric", SqlType.DECFLOAT), Map.entry("float4", SqlType.REAL), Map.entry("float8", SqlType.DOUBLE), Map.entry("text", SqlType.VARCHAR),
            Map.entry("varchar", SqlType.VARCHAR), Map.entry("bpchar", SqlType.CHAR), Map.entry("bytea", SqlType.VARBINARY), Map.entry("date", SqlType.DATE), Map.entry("time", SqlType.TIME),
            Map.entry("timetz", SqlType.TIME_WITH_TIME_ZONE), Map.entry("timestamp", SqlType.TIMESTAMP), Map.entry("timestamptz", SqlType.TIMESTAMP_WITH_TIME_ZONE), Map.entry("uuid", SqlType.UUID),
            Map.entry("json", SqlType.JSON), Map.entry("jsonb", SqlType.JSON));

    /** Money is written as the server's locale has it; the others name something of this server alone. */
    private static final Set<String> HOMEBOUND = Set.of("money", "oid", "xid", "xid8", "cid", "tid", "refcursor", "aclitem", "int2vector", "oidvector", "regclass", "regcollation", "regconfig",
            "regdictionary", "regnamespace", "regoper", "regoperator", "regproc", "regprocedure", "regrole", "regtype", "regdatabase", "pg_snapshot", "txid_snapshot");

    private static final String FACTS = "SELECT t.typname, n.nspname, t.typtype, t.typelem, t.typbasetype, t.typtypmod, t.typndims, t.typcategory, format_type(t.oid, ?)"
            + " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = CAST(? AS oid)";

    private final Connection raw;
    private final String table;
    private final Map<Long, List<String>> labels = new HashMap<>();

    PostgresColumnTypes(Connection raw, String table) {
        this.raw = raw;
        this.table = table;
    }

    private record Facts(String name, String schema, char sort, long element, long base, int baseModifier, int dimensions, char category, String shown) {

        boolean isBuiltIn() {
            return schema.equals("pg_catalog");
        }

        boolean isArray() {
            return category == 'A' && element != 0;
        }
    }

    /**
     * The type of a column.
     *
     * @param modifier   what stands in parentheses, as pg_attribute keeps it
     * @param dimensions as declared; of an array
     */
    ColumnType type(String column, long oid, int modifier, int dimensions) throws SQLException {
        Facts facts = facts(oid, modifier);
        if (facts.sort == 'd') {
            if (facts.name.equals("lo") && isOid(facts.base)) {
                return PostgresLargeObjects.type(qualified(facts));
            }
            return type(column, facts.base, facts.baseModifier, facts.dimensions);
        }
        if (facts.sort == 'p' || facts.isBuiltIn() && HOMEBOUND.contains(facts.name)) {
            throw WaybillError.COLUMN_TYPE_UNKNOWN.with(table + "." + column, facts.shown);
        }
        if (facts.sort == 'e') {
            return new ColumnType(SqlType.ENUM, -1, -1, qualified(facts), labels(oid), List.of());
        }
        if (facts.isArray()) {
            return array(column, facts, modifier, Math.max(1, dimensions));
        }
        SqlType neutral = facts.isBuiltIn() ? NEUTRAL.get(facts.name) : null;
        return neutral == null ? nativeType(facts) : neutral(neutral, facts.name, modifier);
    }

    private boolean isOid(long base) throws SQLException {
        Facts facts = facts(base, -1);
        return facts.isBuiltIn() && facts.name.equals("oid");
    }

    private Facts facts(long oid, int modifier) throws SQLException {
        List<Facts> found = new ArrayList<>();
        Query.each(raw, FACTS, row -> found.add(new Facts(row.getString(1), row.getString(2), row.getString(3).charAt(0), row.getLong(4), row.getLong(5), row.getInt(6), row.getInt(7),
                row.getString(8).charAt(0), row.getString(9))), modifier, oid);
        return found.get(0);
    }

    private static ColumnType neutral(SqlType type, String name, int modifier) {
        return switch (type) {
            case DECFLOAT -> number(modifier);
            case VARCHAR -> ColumnType.of(type, modifier < 4 ? -1 : modifier - 4, -1);
            case CHAR -> modifier < 4 ? ColumnType.of(SqlType.VARCHAR) : ColumnType.of(type, modifier - 4, -1);
            case TIME, TIME_WITH_TIME_ZONE, TIMESTAMP, TIMESTAMP_WITH_TIME_ZONE -> ColumnType.of(type, -1, modifier < 0 ? 6 : modifier);
            case JSON -> new ColumnType(type, -1, -1, name, List.of(), List.of());
            default -> ColumnType.of(type);
        };
    }

    /** NaN needs a kind that has it, so a numeric of limited digits is a decimal floating point number with a scale. */
    private static ColumnType number(int modifier) {
        if (modifier < 4) {
            return ColumnType.of(SqlType.DECFLOAT);
        }
        int precision = modifier - 4 >> 16 & 0xffff;
        int scale = (modifier - 4 & 0x7ff ^ 1024) - 1024;
        return scale < 0 || scale > precision ? ColumnType.of(SqlType.DECFLOAT) : ColumnType.of(SqlType.DECFLOAT, precision, scale);
    }

    private ColumnType array(String column, Facts facts, int modifier, int dimensions) throws SQLException {
        ColumnType type = type(column, facts.element, modifier, 0);
        if (type.type() == SqlType.NATIVE) {
            return nativeType(facts);
        } else if (PostgresLargeObjects.isType(type)) {
            throw WaybillError.COLUMN_TYPE_UNKNOWN.with(table + "." + column, facts.shown);
        }
        for (int i = 0; i < dimensions; i++) {
            type = new ColumnType(SqlType.ARRAY, -1, -1, "", List.of(), List.of(type));
        }
        return type;
    }

    /** Its parameters are the numbers that it is shown with, as in {@code bit varying(10)}. */
    private static ColumnType nativeType(Facts facts) {
        String inside = facts.shown.replaceFirst("^[^(\"]*\\((\\d+)(?:,(\\d+))?\\)(?:\\[])*$", "$1,$2");
        String[] numbers = inside.equals(facts.shown) ? new String[0] : inside.split(",");
        long precision = numbers.length > 0 ? Long.parseLong(numbers[0]) : -1;
        int scale = numbers.length > 1 ? Integer.parseInt(numbers[1]) : -1;
        return new ColumnType(SqlType.NATIVE, facts.isArray() ? -1 : precision, facts.isArray() ? -1 : scale, qualified(facts), List.of(), List.of());
    }

    private static String qualified(Facts facts) {
        return quote(facts.schema) + "." + quote(facts.name);
    }

    private static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private List<String> labels(long oid) throws SQLException {
        List<String> known = labels.get(oid);
        if (known == null) {
            List<String> read = new ArrayList<>();
            Query.each(raw, "SELECT enumlabel FROM pg_catalog.pg_enum WHERE enumtypid = CAST(? AS oid) ORDER BY enumsortorder", row -> read.add(row.getString(1)), oid);
            known = read;
            labels.put(oid, known);
        }
        return known;
    }
}
