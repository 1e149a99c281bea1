// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.LargeValue;
import dev.waybill.change.TransactionWriter;
import dev.waybill.change.ValueKind;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every value of every column type of H2, written by SQL, is the same in H2's own eyes after read() and bind() into a table made by typeName(). */
class H2ValuesTest {

    private static final Map<ValueKind, Class<?>> CLASSES = Map.ofEntries(Map.entry(ValueKind.BOOLEAN, Boolean.class), Map.entry(ValueKind.INTEGER, Long.class),
            Map.entry(ValueKind.DECIMAL, BigDecimal.class), Map.entry(ValueKind.REAL, Float.class), Map.entry(ValueKind.DOUBLE, Double.class), Map.entry(ValueKind.TEXT, String.class),
            Map.entry(ValueKind.BYTES, byte[].class), Map.entry(ValueKind.DATE, LocalDate.class), Map.entry(ValueKind.TIME, LocalTime.class), Map.entry(ValueKind.TIME_WITH_ZONE, OffsetTime.class),
            Map.entry(ValueKind.TIMESTAMP, LocalDateTime.class), Map.entry(ValueKind.TIMESTAMP_WITH_ZONE, OffsetDateTime.class), Map.entry(ValueKind.UUID, UUID.class),
            Map.entry(ValueKind.JSON, byte[].class), Map.entry(ValueKind.ARRAY, Object[].class), Map.entry(ValueKind.INTERVAL, String.class), Map.entry(ValueKind.GEOMETRY, byte[].class),
            Map.entry(ValueKind.ROW, Object[].class));

    private Connection raw;
    private Dialect dialect;

    @BeforeEach
    void open() throws SQLException {
        raw = DriverManager.getConnection("jdbc:h2:mem:");
        dialect = Dialects.of(raw);
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    static Stream<Arguments> types() {
        return Stream.of(
                of("CHARACTER(5)", "'abc'", "''", "'     '", "'äö€\uD83D\uDE00'", "U&'\\D83D'"),
                of("CHARACTER", "'x'"),
                of("CHARACTER VARYING(50)", "''", "' a '", "'O''Hara'", "U&'\\0000\\0001\\FFFF\\DC00'", "'\uD83D\uDE00'"),
                of("CHARACTER VARYING", "REPEAT('x', 10922)", "REPEAT('x', 10923)", "REPEAT('x', 32768)", "REPEAT('€', 10922) || 'xx'", "REPEAT('€', 10922) || 'xxx'", "REPEAT(U&'\\D83D', 40000)",
                        "REPEAT('\uD83D\uDE00', 100000)"),
                of("VARCHAR_IGNORECASE(20)", "'aBc'", "''"),
                of("CHARACTER LARGE OBJECT", "''", "'short'", "REPEAT('€', 10923)", "REPEAT('y', 32768)", "REPEAT('y', 32769)", "REPEAT('\uD83D\uDE00z', 200000)", "REPEAT(U&'\\DC00', 40000)"),
                of("BINARY(4)", "X'00010203'", "X'ff'"),
                of("BINARY VARYING(10)", "X''", "X'00'", "X'ff00ff'"),
                of("BINARY VARYING", "CAST(REPEAT(X'ab', 32768) AS VARBINARY)", "CAST(REPEAT(X'ab', 32769) AS VARBINARY)"),
                of("BINARY LARGE OBJECT", "X''", "X'01'", "CAST(REPEAT('0123', 8192) AS BLOB)", "CAST(REPEAT(X'ab', 32769) AS BLOB)", "CAST(SPACE(1000000) AS BLOB)"),
                of("BOOLEAN", "TRUE", "FALSE"),
                of("TINYINT", "-128", "127", "0"),
                of("SMALLINT", "-32768", "32767"),
                of("INTEGER", "-2147483648", "2147483647"),
                of("BIGINT", "-9223372036854775808", "9223372036854775807", "0"),
                of("NUMERIC(20, 5)", "0", "-123456789012345.12345", "0.00001"),
                of("NUMERIC(100000, 40)", "1e59999", "-0.0000000000000000000000000000000000000001"),
                of("NUMERIC", "12345678901234567890123456789012345678901234567890"),
                of("DECIMAL(10)", "9999999999"),
                of("REAL", "0", "-0e0", "CAST('NaN' AS REAL)", "CAST('Infinity' AS REAL)", "CAST('-Infinity' AS REAL)", "1.4e-45", "3.4028235e38", "0.1"),
                of("FLOAT(10)", "0.1"),
                of("DOUBLE PRECISION", "-0e0", "CAST('NaN' AS DOUBLE PRECISION)", "CAST('Infinity' AS DOUBLE PRECISION)", "CAST('-Infinity' AS DOUBLE PRECISION)", "4.9e-324", "1.7976931348623157e308", "0.1"),
                of("DECFLOAT(20)", "1.2300", "CAST('NaN' AS DECFLOAT)", "CAST('Infinity' AS DECFLOAT)", "CAST('-Infinity' AS DECFLOAT)", "CAST('1E+100000' AS DECFLOAT)", "CAST('-1E-100000' AS DECFLOAT)", "0",
                        "CAST('1E+3' AS DECFLOAT)"),
                of("DECFLOAT", "12345678901234567890123456789012345678901234567890.5"),
                of("DATE", "DATE '0001-01-01'", "DATE '1582-10-10'", "DATE '-999999999-01-01'", "DATE '999999999-12-31'", "DATE '2000-02-29'", "DATE '-0001-12-31'"),
                of("TIME", "TIME '00:00:00'", "TIME '23:59:59'"),
                of("TIME(9)", "TIME '23:59:59.999999999'", "TIME '00:00:00.000000001'"),
                of("TIME(9) WITH TIME ZONE", "TIME WITH TIME ZONE '23:59:59.999999999+18:00'", "TIME WITH TIME ZONE '00:00:00-18:00'", "TIME WITH TIME ZONE '01:02:03+01:02:03'"),
                of("TIMESTAMP", "TIMESTAMP '2026-11-21 12:00:00.123456'"),
                of("TIMESTAMP(0)", "TIMESTAMP '2026-11-21 12:00:00'"),
                of("TIMESTAMP(9)", "TIMESTAMP '2026-03-29 02:30:00.123456789'", "TIMESTAMP '-999999999-01-01 00:00:00'", "TIMESTAMP '999999999-12-31 23:59:59.999999999'", "TIMESTAMP '1582-10-10 00:00:00'"),
                of("TIMESTAMP(9) WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE '2026-10-25 02:30:00.000000001+02:00'", "TIMESTAMP WITH TIME ZONE '0001-01-01 00:00:00-18:00'",
                        "TIMESTAMP WITH TIME ZONE '2000-01-01 00:00:00+00:00:01'", "TIMESTAMP WITH TIME ZONE '-999999999-01-02 00:00:00Z'"),
                of("UUID", "UUID '00000000-0000-0000-0000-000000000000'", "UUID 'ffffffff-ffff-ffff-ffff-ffffffffffff'"),
                of("JSON", "JSON 'null'", "JSON '{\"a\": [1, 2.50, \"ä\\u0000\"]}'", "JSON '\"text\"'", "JSON '1e400'", "CAST('[' || REPEAT('12345,', 10000) || '1]' AS VARCHAR) FORMAT JSON"),
                of("GEOMETRY", "GEOMETRY 'POINT (1 2)'", "GEOMETRY 'SRID=4326;POLYGON Z ((0 0 1, 1 0 2, 1 1 3, 0 0 1))'", "GEOMETRY 'GEOMETRYCOLLECTION EMPTY'", "GEOMETRY 'POINT EMPTY'"),
                of("ENUM('a', 'B c', 'it''s')", "'a'", "'B c'", "'it''s'"),
                of("JAVA_OBJECT", "CAST(X'aced0005740001' AS JAVA_OBJECT)", "CAST(X'aced00057400024869' AS JAVA_OBJECT)", "CAST(CAST(REPEAT(X'ab', 40000) AS VARBINARY) AS JAVA_OBJECT)"),
                of("INTERVAL YEAR(4)", "INTERVAL '-9999' YEAR", "INTERVAL '0' YEAR"),
                of("INTERVAL MONTH(18)", "INTERVAL '999999999999999999' MONTH"),
                of("INTERVAL DAY", "INTERVAL '-99' DAY"),
                of("INTERVAL HOUR(3)", "INTERVAL '999' HOUR"),
                of("INTERVAL MINUTE", "INTERVAL '1' MINUTE"),
                of("INTERVAL SECOND(4, 9)", "INTERVAL '-1234.123456789' SECOND", "INTERVAL '-0.000000001' SECOND"),
                of("INTERVAL YEAR(3) TO MONTH", "INTERVAL '-999-11' YEAR TO MONTH", "INTERVAL '-0-1' YEAR TO MONTH"),
                of("INTERVAL DAY(3) TO HOUR", "INTERVAL '-999 23' DAY TO HOUR", "INTERVAL '-0 1' DAY TO HOUR"),
                of("INTERVAL DAY TO MINUTE", "INTERVAL '1 02:03' DAY TO MINUTE"),
                of("INTERVAL DAY(5) TO SECOND(9)", "INTERVAL '-99999 23:59:59.999999999' DAY TO SECOND", "INTERVAL '-0 00:00:00.000000001' DAY TO SECOND"),
                of("INTERVAL HOUR TO MINUTE", "INTERVAL '-12:59' HOUR TO MINUTE"),
                of("INTERVAL HOUR TO SECOND(3)", "INTERVAL '12:59:01.123' HOUR TO SECOND"),
                of("INTERVAL MINUTE(4) TO SECOND(0)", "INTERVAL '-1234:59' MINUTE TO SECOND"),
                of("INTEGER ARRAY[3]", "ARRAY[1, NULL, -3]", "CAST(ARRAY[] AS INTEGER ARRAY)"),
                of("CHARACTER VARYING(50000) ARRAY", "ARRAY['', NULL, 'a,b', REPEAT('x', 40000)]"),
                of("DATE ARRAY ARRAY[2]", "ARRAY[ARRAY[DATE '2000-01-01', NULL], NULL]", "ARRAY[CAST(ARRAY[] AS DATE ARRAY)]"),
                of("TIMESTAMP(9) WITH TIME ZONE ARRAY", "ARRAY[TIMESTAMP WITH TIME ZONE '2026-10-25 02:30:00.000000001+02:00']"),
                of("DECFLOAT ARRAY", "ARRAY[CAST('NaN' AS DECFLOAT), 1.50, CAST('-Infinity' AS DECFLOAT)]"),
                of("DOUBLE PRECISION ARRAY", "ARRAY[CAST('NaN' AS DOUBLE PRECISION), -0e0, 4.9e-324]"),
                of("NUMERIC(10, 2) ARRAY", "ARRAY[1.50, -0.01]"),
                of("JSON ARRAY", "ARRAY[JSON '[1]', JSON 'null', NULL]"),
                of("ENUM('x', 'y') ARRAY", "ARRAY['y', 'x', NULL]"),
                of("UUID ARRAY", "ARRAY[UUID 'ffffffff-ffff-ffff-ffff-ffffffffffff']"),
                of("BINARY VARYING(9) ARRAY", "ARRAY[X'00', X'']"),
                of("INTERVAL DAY TO SECOND(9) ARRAY", "ARRAY[INTERVAL '-1 02:03:04.000000005' DAY TO SECOND]"),
                of("GEOMETRY ARRAY", "ARRAY[GEOMETRY 'POINT (1 2)']"),
                of("BOOLEAN ARRAY", "ARRAY[TRUE, FALSE, NULL]"),
                of("ROW(a INTEGER, \"b C\" CHARACTER VARYING(10), d DATE)", "ROW(1, 'x', DATE '2000-01-01')", "ROW(NULL, '', NULL)"),
                of("ROW(n ROW(i INTERVAL YEAR, j JSON), l INTEGER ARRAY)", "ROW(ROW(INTERVAL '1' YEAR, JSON '{}'), ARRAY[1, 2])", "ROW(NULL, NULL)"),
                of("ROW(a INTEGER, e ENUM('p', 'q'))", "ROW(1, 'q')", "ROW(NULL, 'p')"),
                of("ROW(t CHARACTER VARYING(3), n NUMERIC(5, 2))", "ROW('x', 1.5)"));
    }

    private static Arguments of(String type, String... literals) {
        return Arguments.of(type, List.of(literals));
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyValueComesBackExactly(String declared, List<String> literals) throws SQLException {
        execute("CREATE TABLE source (id INTEGER PRIMARY KEY, v " + declared + ")");
        execute("INSERT INTO source VALUES (-1, NULL)");
        for (int i = 0; i < literals.size(); i++) {
            execute("INSERT INTO source VALUES (" + i + ", " + literals.get(i) + ")");
        }
        ColumnType type = type("SOURCE");
        execute("CREATE TABLE target (id INTEGER PRIMARY KEY, v " + dialect.typeName(type) + ")");
        assertThat(type("TARGET")).isEqualTo(type);
        assertThat(type.kind()).isNotNull();
        copy(type);
        assertThat(differences("v IS DISTINCT FROM w")).isEmpty();
        if (type.kind() != ValueKind.BYTES) {
            assertThat(differences("CAST(v AS VARCHAR) IS DISTINCT FROM CAST(w AS VARCHAR)")).as("by their text").isEmpty();
        }
        assertThat(texts("SELECT COUNT(*) FROM target")).containsExactly(Integer.toString(literals.size() + 1));
    }

    /** As apply does it, in one batch: what was bound first is not to be disturbed by what is bound next. */
    private void copy(ColumnType type) throws SQLException {
        try (Statement select = raw.createStatement(); ResultSet row = select.executeQuery("SELECT id, v FROM source"); PreparedStatement insert = raw.prepareStatement("INSERT INTO target VALUES (?, ?)")) {
            while (row.next()) {
                Object value = dialect.read(row, 2, type);
                checkClass(value, type);
                insert.setInt(1, row.getInt(1));
                dialect.bind(insert, 2, value, type);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void checkClass(Object value, ColumnType type) {
        if (value instanceof LargeValue) {
            assertThat(type.kind()).isIn(ValueKind.TEXT, ValueKind.BYTES, ValueKind.JSON);
        } else if (value != null && type.kind() == ValueKind.DECFLOAT) {
            assertThat(value instanceof BigDecimal || List.of("NaN", "Infinity", "-Infinity").contains(value)).as("%s", value).isTrue();
        } else if (value != null) {
            assertThat(value).isInstanceOf(CLASSES.get(type.kind()));
            if (value instanceof Object[] values) {
                for (int i = 0; i < values.length; i++) {
                    checkClass(values[i], type.components().get(type.kind() == ValueKind.ARRAY ? 0 : i));
                }
            }
        }
    }

    private List<String> differences(String condition) throws SQLException {
        return texts("SELECT id || ': ' || LEFT(CAST(v AS VARCHAR), 80) || ' <> ' || COALESCE(LEFT(CAST(w AS VARCHAR), 80), 'null')"
                .replace("CAST(v AS VARCHAR)", "'v'").replace("CAST(w AS VARCHAR)", "'w'") + " FROM (SELECT s.id, s.v, t.v w FROM source s LEFT JOIN target t ON t.id = s.id) WHERE " + condition);
    }

    @Test
    void valuesBeyondTheBoundAreStreamedAndThoseAtItAreNot() throws SQLException {
        int bound = TransactionWriter.LARGE_VALUE_BYTES;
        for (String type : List.of("CHARACTER VARYING", "CHARACTER LARGE OBJECT", "BINARY VARYING", "BINARY LARGE OBJECT", "JAVA_OBJECT")) {
            String one = type.startsWith("CHAR") ? "'x'" : "X'61'";
            execute("DROP TABLE IF EXISTS source");
            execute("CREATE TABLE source (id INTEGER PRIMARY KEY, v " + type + ")");
            String cast = type.equals("JAVA_OBJECT") ? "CAST(CAST(REPEAT(" + one + ", %d) AS VARBINARY) AS JAVA_OBJECT)" : "CAST(REPEAT(" + one + ", %d) AS " + type + ")";
            execute("INSERT INTO source VALUES (1, " + cast.formatted(bound) + "), (2, " + cast.formatted(bound + 1) + ")");
            try (Statement select = raw.createStatement(); ResultSet row = select.executeQuery("SELECT v FROM source ORDER BY id")) {
                row.next();
                assertThat(dialect.read(row, 1, type("SOURCE"))).as(type).isNotInstanceOf(LargeValue.class);
                row.next();
                assertThat(dialect.read(row, 1, type("SOURCE"))).as(type).isInstanceOfSatisfying(LargeValue.class, large -> assertThat(large.lengthBytes()).isIn((long) bound + 1, -1L));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DATE '1000000000-01-01'", "DATE '-1000000000-12-31'", "TIMESTAMP '1000000000-12-31 10:00:00'", "TIMESTAMP WITH TIME ZONE '-1000000000-01-01 10:00:00+02'"})
    void dateBeyondJavasCalendarIsRefusedInsteadOfBeingChanged(String literal) throws SQLException {
        execute("CREATE TABLE source (id INTEGER PRIMARY KEY, v " + literal.replaceFirst(" '.*", "") + ")");
        execute("INSERT INTO source VALUES (1, " + literal + ")");
        try (Statement select = raw.createStatement(); ResultSet row = select.executeQuery("SELECT v FROM source")) {
            row.next();
            assertThatThrownBy(() -> dialect.read(row, 1, type("SOURCE"))).hasMessageContaining("VALUE_OUT_OF_RANGE");
        }
    }

    @Test
    void typesThatH2CannotBindAreRefusedWhenTheTableIsDescribed() throws SQLException {
        execute("CREATE TABLE source (id INTEGER PRIMARY KEY, v ROW(a ROW(b INTEGER) ARRAY))");
        assertThatThrownBy(() -> type("SOURCE")).hasMessageContaining("COLUMN_TYPE_UNKNOWN").hasMessageContaining("PUBLIC.SOURCE.V");
    }

    @Test
    void columnsThatCannotTravelStayAtHomeWhereNobodyAsksForThem() throws SQLException {
        execute("CREATE TABLE source (id INTEGER PRIMARY KEY, v ROW(a ROW(b INTEGER) ARRAY), w INTEGER)");
        assertThat(dialect.describe(raw, "PUBLIC", "SOURCE", "V"::equals).shape().columns()).extracting(ColumnShape::name).containsExactly("ID", "W");
    }

    private ColumnType type(String table) throws SQLException {
        return dialect.describe(raw, "PUBLIC", table).shape().columns().get(1).type();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = raw.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}
