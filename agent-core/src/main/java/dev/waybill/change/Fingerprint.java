// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.nio.charset.StandardCharsets;

/** The schema fingerprint: FNV-1a, 64 bits, over a canonical text of a table's shape. The same on every platform and version. */
final class Fingerprint {

    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Fingerprint() {}

    static long of(TableShape table) {
        StringBuilder text = new StringBuilder(table.schema()).append('\0').append(table.name());
        for (ColumnShape column : table.columns()) {
            text.append('\0').append(column.name()).append('\0');
            append(text, column.type());
        }
        table.key().forEach(index -> text.append('\0').append(index));
        long hash = OFFSET_BASIS;
        for (byte b : text.toString().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * PRIME;
        }
        return hash;
    }

    private static void append(StringBuilder text, ColumnType type) {
        text.append(type.type().code()).append(',').append(type.precision()).append(',').append(type.scale()).append(',').append(type.qualifier());
        type.labels().forEach(label -> text.append('\1').append(label));
        type.components().forEach(component -> append(text.append('\2'), component));
    }
}
