// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import static dev.waybill.change.TransactionSamples.insert;
import static dev.waybill.change.TransactionSamples.large;
import static dev.waybill.change.TransactionSamples.table;
import static dev.waybill.change.TransactionSamples.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.TransactionRecord.Change;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KeyImageTest {

    @Test
    void valuesThatTheDatabaseHoldsEqualHaveEqualImages() throws IOException {
        assertEqual(SqlType.NUMERIC, new BigDecimal("1.50"), new BigDecimal("1.5"), new BigDecimal("15E-1"));
        assertEqual(SqlType.DECFLOAT, new BigDecimal("0E+5"), BigDecimal.ZERO);
        assertEqual(SqlType.DOUBLE, 0.0, -0.0);
        assertEqual(SqlType.DOUBLE, Double.NaN, Double.longBitsToDouble(0xfff4000000000001L));
        assertEqual(SqlType.CHAR, "ab", "ab  ");
        assertEqual(SqlType.VARCHAR_IGNORECASE, "Straße", "STRASSE", "strasse");
        assertEqual(SqlType.TIMESTAMP_WITH_TIME_ZONE, OffsetDateTime.parse("2026-01-01T12:00:00+02:00"), OffsetDateTime.parse("2026-01-01T10:00:00Z"));
        assertEqual(SqlType.TIME_WITH_TIME_ZONE, OffsetTime.parse("12:00:00+02:00"), OffsetTime.parse("10:00:00Z"));
        assertThat(key(SqlType.BIGINT, 5L)).isEqualTo(key(SqlType.NUMERIC, new BigDecimal("5.000"))).isEqualTo(key(SqlType.NUMERIC, new BigDecimal("0.5E1")));
        assertThat(key(SqlType.REAL, 1.5f)).isEqualTo(key(SqlType.DOUBLE, 1.5));
    }

    @Test
    void differentValuesHaveDifferentImages() throws IOException {
        List<KeyImage> images = List.of(key(SqlType.BIGINT, 1L), key(SqlType.BIGINT, -1L), key(SqlType.BIGINT, (Object) null), key(SqlType.VARCHAR, "1"), key(SqlType.VARCHAR, ""), key(SqlType.VARCHAR, "1 "),
                key(SqlType.VARBINARY, new byte[0]), key(SqlType.VARBINARY, new byte[] {'1'}), key(SqlType.NUMERIC, new BigDecimal("1.1")), key(SqlType.NUMERIC, BigDecimal.TEN.pow(30)), key(SqlType.UUID, new UUID(0, 1)),
                key(SqlType.BOOLEAN, true), key(SqlType.BOOLEAN, false), key(SqlType.DOUBLE, Double.NaN), key(SqlType.VARCHAR, "x".repeat(40_000)), key(SqlType.VARCHAR, "x".repeat(40_001)));
        assertThat(images).doesNotHaveDuplicates();
    }

    @Property(tries = 300)
    void columnsDoNotRunIntoOneAnother(@ForAll String a, @ForAll String b, @ForAll String c, @ForAll String d) throws IOException {
        TableShape table = table(ColumnType.of(SqlType.VARCHAR), ColumnType.of(SqlType.VARCHAR));
        KeyImage one = KeyImage.of(table, List.of(1, 2), new RowImage(new Object[] {1L, a, b}));
        KeyImage two = KeyImage.of(table, List.of(1, 2), new RowImage(new Object[] {2L, c, d}));
        assertThat(one.equals(two)).isEqualTo(a.equals(c) && b.equals(d));
        assertThat(one.compareTo(two) == 0).isEqualTo(one.equals(two));
    }

    @Test
    void longValuesAreEqualWhetherTheyCameInMemoryOrAsAStream() throws IOException {
        TableShape table = table(ColumnType.of(SqlType.VARCHAR), ColumnType.of(SqlType.VARBINARY));
        String text = "ü\ud83d".repeat(30_000);
        byte[] bytes = new byte[100_000];
        RowImage plain = new RowImage(new Object[] {1L, text, bytes});
        KeyImage expected = KeyImage.of(table, List.of(1, 2), plain);
        try (TransactionReader reader = new TransactionReader(transaction(insert(table, 1L, text, large(bytes))))) {
            reader.next();
            RowImage read = ((Change) reader.next()).after();
            assertThat(read.value(1)).isInstanceOf(LargeValue.class);
            assertThat(KeyImage.of(table, List.of(1, 2), read)).isEqualTo(expected).hasSameHashCodeAs(expected);
        }
    }

    @Test
    void longTextIsComparedWithoutCaseWhereShortTextIs() throws IOException {
        TableShape table = table(ColumnType.of(SqlType.VARCHAR_IGNORECASE));
        KeyImage upper = KeyImage.of(table, List.of(1), new RowImage(new Object[] {1L, "X".repeat(40_000)}));
        KeyImage lower = KeyImage.of(table, List.of(1), new RowImage(new Object[] {1L, large("x".repeat(40_000).getBytes(StandardCharsets.UTF_8))}));
        assertThat(upper).isEqualTo(lower);
    }

    @Test
    void nullsAreSaid() throws IOException {
        TableShape table = table(ColumnType.of(SqlType.INTEGER));
        RowImage row = new RowImage(new Object[] {1L, null});
        assertThat(KeyImage.of(table, row).hasNull()).isFalse();
        assertThat(KeyImage.of(table, List.of(0, 1), row).hasNull()).isTrue();
    }

    private static void assertEqual(SqlType type, Object... values) throws IOException {
        for (Object value : values) {
            assertThat(key(type, value)).isEqualTo(key(type, values[0])).hasSameHashCodeAs(key(type, values[0]));
        }
    }

    private static KeyImage key(SqlType type, Object value) throws IOException {
        return KeyImage.of(table(ColumnType.of(type)), List.of(1), new RowImage(new Object[] {1L, value}));
    }
}
