// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.text.Normalizer;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A row's key, coarsened for the question whether two changes may concern the same row: keys that any database takes for equal are equal here; some that differ may be equal too, which costs only speed.
 */
record Key(List<Object> parts) {

    /** Stands for every value of a kind whose equality differs between databases. */
    static final Object ANY = "*";
    private static final int PRINTED = 200;

    static Key of(TableShape table, RowImage image) {
        List<Object> parts = new ArrayList<>(table.key().size());
        for (int index : table.key()) {
            parts.add(coarse(table.columns().get(index), image.value(index)));
        }
        return new Key(parts);
    }

    /** The key for people, as {@code (ID=17)}: names and values, shortened. */
    static String text(TableShape table, RowImage image) {
        StringBuilder text = new StringBuilder("(");
        for (int index : table.key()) {
            Object value = image.has(index) ? image.value(index) : "?";
            text.append(text.length() > 1 ? ", " : "").append(table.columns().get(index).name()).append('=')
                    .append(value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value);
        }
        return (text.length() > PRINTED ? text.substring(0, PRINTED) + "…" : text) + ")";
    }

    /** A value such that all that any database takes for equal to it are equal to it. */
    static Object coarse(ColumnShape column, Object value) {
        if (value == null) {
            return ANY;
        }
        return switch (column.type().kind()) {
            case INTEGER, UUID, DATE, TIME, TIMESTAMP, BOOLEAN -> value;
            case TIMESTAMP_WITH_ZONE -> ((OffsetDateTime) value).toInstant();
            case DECIMAL, DECFLOAT -> value instanceof BigDecimal number ? number.stripTrailingZeros() : value;
            case BYTES -> value instanceof byte[] bytes ? withoutPadding(bytes) : ANY;
            case TEXT -> value instanceof String text ? fold(text) : ANY;
            default -> ANY;
        };
    }

    private static ByteBuffer withoutPadding(byte[] bytes) {
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** Without case, accents and trailing spaces: what some collation may ignore. */
    private static String fold(String text) {
        String plain = text.chars().allMatch(c -> c < 128) ? text : Normalizer.normalize(text, Normalizer.Form.NFKD).replaceAll("\\p{M}", "");
        return plain.stripTrailing().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
