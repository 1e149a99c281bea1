// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import static dev.waybill.change.TransactionSamples.insert;
import static dev.waybill.change.TransactionSamples.read;
import static dev.waybill.change.TransactionSamples.table;
import static dev.waybill.change.TransactionSamples.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.TransactionRecord.Change;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ValueRoundTripTest {

    private record Typed(ColumnType type, Object value) {}

    @Test
    void extremesOfEveryKindComeBackEqual() throws IOException {
        Map<ValueKind, Integer> seen = new EnumMap<>(ValueKind.class);
        for (Typed sample : extremes()) {
            assertComesBack(List.of(sample));
            seen.merge(sample.type().kind(), 1, Integer::sum);
        }
        assertThat(seen).containsOnlyKeys(ValueKind.values());
        assertComesBack(extremes());
    }

    @Test
    void bitsOfFloatingPointNumbersArePreserved() throws IOException {
        float strangeNaN = Float.intBitsToFloat(0xffa00001);
        double strangeDouble = Double.longBitsToDouble(0xfff4000000000001L);
        TableShape table = table(ColumnType.of(SqlType.REAL), ColumnType.of(SqlType.DOUBLE), ColumnType.of(SqlType.DOUBLE));
        Object[] back = after(insert(table, 1L, strangeNaN, strangeDouble, -0.0));
        assertThat(Float.floatToRawIntBits((Float) back[1])).isEqualTo(Float.floatToRawIntBits(strangeNaN));
        assertThat(Double.doubleToRawLongBits((Double) back[2])).isEqualTo(Double.doubleToRawLongBits(strangeDouble));
        assertThat(Double.doubleToRawLongBits((Double) back[3])).isEqualTo(Double.doubleToRawLongBits(-0.0));
    }

    @Property(tries = 400)
    void rowsOfAnyTypesAndValuesComeBackEqual(@ForAll("rows") List<Typed> row) throws IOException {
        assertComesBack(row);
    }

    @Provide
    Arbitrary<List<Typed>> rows() {
        return typed(2).list().ofMinSize(1).ofMaxSize(12);
    }

    private static void assertComesBack(List<Typed> row) throws IOException {
        TableShape table = table(row.stream().map(Typed::type).toArray(ColumnType[]::new));
        Object[] values = new Object[row.size() + 1];
        values[0] = Long.MIN_VALUE;
        for (int i = 0; i < row.size(); i++) {
            values[i + 1] = row.get(i).value();
        }
        Change change = insert(table, values);
        assertThat(read(transaction(change)).get(1)).isEqualTo(change);
    }

    private static Object[] after(Change change) throws IOException {
        return ((Change) read(transaction(change)).get(1)).after().values();
    }

    private static Arbitrary<Typed> typed(int depth) {
        return Arbitraries.of(SqlType.values()).flatMap(type -> typed(type, depth));
    }

    private static Arbitrary<Typed> typed(SqlType type, int depth) {
        if (type == SqlType.ARRAY) {
            return depth == 0 ? typed(SqlType.VARCHAR, 0) : arrays(depth);
        }
        if (type == SqlType.ROW) {
            return depth == 0 ? typed(SqlType.VARCHAR, 0) : fieldsOf(depth);
        }
        return values(type.kind()).injectNull(0.1).map(value -> new Typed(simple(type), value));
    }

    private static Arbitrary<Typed> arrays(int depth) {
        return typed(depth - 1).flatMap(element -> {
            Arbitrary<Object> same = element.type().components().isEmpty() ? values(element.type().kind()).injectNull(0.2) : Arbitraries.of(element.value() == null ? List.of() : List.of(element.value())).injectNull(0.5);
            return (element.type().components().isEmpty() ? same.list().ofMaxSize(5) : Arbitraries.just(element.value()).list().ofMaxSize(4))
                    .map(elements -> new Typed(array(element.type()), elements.toArray()));
        });
    }

    private static Arbitrary<Typed> fieldsOf(int depth) {
        return typed(depth - 1).list().ofMinSize(1).ofMaxSize(4).map(fields -> new Typed(
                new ColumnType(SqlType.ROW, -1, -1, "", fields.stream().map(field -> "f").toList(), fields.stream().map(Typed::type).toList()),
                fields.stream().map(Typed::value).toArray()));
    }

    private static Arbitrary<Object> values(ValueKind kind) {
        Arbitrary<LocalDate> dates = Arbitraries.longs().between(LocalDate.MIN.toEpochDay(), LocalDate.MAX.toEpochDay()).map(LocalDate::ofEpochDay);
        Arbitrary<LocalTime> times = Arbitraries.longs().between(0, LocalTime.MAX.toNanoOfDay()).map(LocalTime::ofNanoOfDay);
        Arbitrary<ZoneOffset> zones = Arbitraries.integers().between(-64800, 64800).map(ZoneOffset::ofTotalSeconds);
        return switch (kind) {
            case BOOLEAN -> Arbitraries.of(true, false).asGeneric();
            case INTEGER -> Arbitraries.longs().asGeneric();
            case DECIMAL -> decimals().asGeneric();
            case REAL -> Arbitraries.integers().map(Float::intBitsToFloat).asGeneric();
            case DOUBLE -> Arbitraries.longs().map(Double::longBitsToDouble).asGeneric();
            case DECFLOAT -> Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(5, decimals().asGeneric()), net.jqwik.api.Tuple.of(1, Arbitraries.of("NaN", "Infinity", "-Infinity").asGeneric()));
            case TEXT, INTERVAL -> Arbitraries.integers().between(0, 0xffff).map(c -> (char) (int) c).list().ofMaxSize(60).map(ValueRoundTripTest::text).asGeneric();
            case BYTES, JSON, GEOMETRY -> Arbitraries.bytes().array(byte[].class).ofMaxSize(300).asGeneric();
            case DATE -> dates.asGeneric();
            case TIME -> times.asGeneric();
            case TIME_WITH_ZONE -> Combinators.combine(times, zones).as(OffsetTime::of).asGeneric();
            case TIMESTAMP -> Combinators.combine(dates, times).as(LocalDateTime::of).asGeneric();
            case TIMESTAMP_WITH_ZONE -> Combinators.combine(dates, times, zones).as(OffsetDateTime::of).asGeneric();
            case UUID -> Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new).asGeneric();
            case ARRAY, ROW -> throw new IllegalArgumentException(kind.name());
        };
    }

    private static Arbitrary<BigDecimal> decimals() {
        return Combinators.combine(Arbitraries.bigIntegers().between(BigInteger.ONE.shiftLeft(200).negate(), BigInteger.ONE.shiftLeft(200)), Arbitraries.integers()).as(BigDecimal::new);
    }

    private static String text(List<Character> characters) {
        StringBuilder text = new StringBuilder();
        characters.forEach(text::append);
        return text.toString();
    }

    private static ColumnType simple(SqlType type) {
        return switch (type) {
            case INTERVAL -> new ColumnType(type, 2, 6, "DAY TO SECOND", List.of(), List.of());
            case ENUM -> new ColumnType(type, -1, -1, "", List.of("red", "grün", "\ud83d\ude00"), List.of());
            case NUMERIC -> ColumnType.of(type, 100_000, -5);
            default -> ColumnType.of(type);
        };
    }

    private static ColumnType array(ColumnType element) {
        return new ColumnType(SqlType.ARRAY, 65536, -1, "", List.of(), List.of(element));
    }

    private static List<Typed> extremes() {
        List<Typed> all = new ArrayList<>();
        add(all, SqlType.BOOLEAN, true, false, null);
        add(all, SqlType.BIGINT, 0L, 1L, -1L, 63L, 64L, -64L, -65L, Long.MIN_VALUE, Long.MAX_VALUE, null);
        add(all, SqlType.TINYINT, (long) Byte.MIN_VALUE);
        add(all, SqlType.NUMERIC, BigDecimal.ZERO, new BigDecimal("0.00"), new BigDecimal("-1.50"), new BigDecimal("1E+10"), BigDecimal.valueOf(Long.MIN_VALUE), BigDecimal.valueOf(Long.MAX_VALUE, 5),
                BigDecimal.valueOf(127), BigDecimal.valueOf(128), BigDecimal.valueOf(-128), BigDecimal.valueOf(-129), new BigDecimal(BigInteger.ONE, Integer.MAX_VALUE), new BigDecimal(BigInteger.TEN, Integer.MIN_VALUE),
                new BigDecimal(BigInteger.TEN.pow(100_000).subtract(BigInteger.ONE), 50_000), new BigDecimal("-9223372036854775809"));
        add(all, SqlType.REAL, Float.NaN, -0.0f, 0.0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY);
        add(all, SqlType.DOUBLE, Double.NaN, -0.0, 0.0, Double.MIN_VALUE, Double.MAX_VALUE, Double.POSITIVE_INFINITY);
        add(all, SqlType.DECFLOAT, "NaN", "Infinity", "-Infinity", new BigDecimal("1.10"), new BigDecimal("1E-999999"));
        add(all, SqlType.VARCHAR, "", " ", "a", "\0", "ß\u07ff\u0800\uffff", "\ud83d\ude00", "\ud83d", "\ude00", "\ude00\ud83d", "\ud83d\ud83d\ude00", "x".repeat(127), "x".repeat(128), "€".repeat(50), "x".repeat(20_000));
        add(all, SqlType.CHAR, "ab  ");
        add(all, SqlType.ENUM, "grün");
        add(all, SqlType.VARBINARY, new byte[0], new byte[] {0, -1}, new byte[TransactionWriter.LARGE_VALUE_BYTES]);
        add(all, SqlType.JAVA_OBJECT, new byte[] {(byte) 0xac, (byte) 0xed});
        add(all, SqlType.DATE, LocalDate.MIN, LocalDate.MAX, LocalDate.EPOCH, LocalDate.of(0, 1, 1), LocalDate.of(1582, 10, 15));
        add(all, SqlType.TIME, LocalTime.MIN, LocalTime.MAX, LocalTime.NOON);
        add(all, SqlType.TIME_WITH_TIME_ZONE, OffsetTime.MIN, OffsetTime.MAX, OffsetTime.of(LocalTime.NOON, ZoneOffset.ofTotalSeconds(-1)));
        add(all, SqlType.TIMESTAMP, LocalDateTime.MIN, LocalDateTime.MAX);
        add(all, SqlType.TIMESTAMP_WITH_TIME_ZONE, OffsetDateTime.MIN, OffsetDateTime.MAX);
        add(all, SqlType.UUID, new UUID(0, 0), new UUID(-1, -1), new UUID(Long.MIN_VALUE, Long.MAX_VALUE));
        add(all, SqlType.JSON, "{\"a\": null}".getBytes(StandardCharsets.UTF_8), new byte[0]);
        add(all, SqlType.GEOMETRY, new byte[] {1, 2, 3}, new byte[100_000]);
        add(all, SqlType.INTERVAL, "-1 02:03:04.5", "");
        ColumnType integers = array(ColumnType.of(SqlType.INTEGER));
        all.add(new Typed(integers, new Object[0]));
        all.add(new Typed(integers, new Object[] {1L, null, -1L}));
        all.add(new Typed(array(integers), new Object[] {new Object[0], null, new Object[] {null}}));
        all.add(new Typed(array(ColumnType.of(SqlType.VARCHAR)), new Object[] {"x".repeat(TransactionWriter.LARGE_VALUE_BYTES + 1)}));
        ColumnType rows = new ColumnType(SqlType.ROW, -1, -1, "", List.of("a", "b"), List.of(ColumnType.of(SqlType.BLOB), integers));
        all.add(new Typed(rows, new Object[] {new byte[] {1}, new Object[] {null, 5L}}));
        all.add(new Typed(rows, new Object[] {null, null}));
        return all;
    }

    private static void add(List<Typed> to, SqlType type, Object... values) {
        for (Object value : values) {
            to.add(new Typed(simple(type), value));
        }
    }
}
