// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.LargeValue;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import java.util.HexFormat;
import java.util.StringJoiner;

/** Names and values for people: on one line, shortened, and with nothing in them that a terminal would obey. Stateless; any thread. */
final class ValuePrinter {

    private static final int MOST_CHARACTERS = 60;
    private static final int MOST_BYTES = 24;
    private static final int MOST_ELEMENTS = 10;

    private ValuePrinter() {}

    /** {@code (artist_id=1, name='AC/DC')}: the columns that the image has. */
    static String row(TableShape table, RowImage image) {
        StringJoiner columns = new StringJoiner(", ", "(", ")");
        for (int i = 0; i < table.columns().size(); i++) {
            if (image.has(i)) {
                ColumnShape column = table.columns().get(i);
                columns.add(safe(column.name()) + "=" + value(image.value(i)));
            }
        }
        return columns.toString();
    }

    static String value(Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof String text) {
            return text(text);
        }
        if (value instanceof byte[] bytes) {
            return bytes(bytes);
        }
        if (value instanceof Object[] elements) {
            return elements(elements);
        }
        if (value instanceof LargeValue large) {
            return "<" + large.lengthBytes() + " bytes>";
        }
        return value instanceof Number || value instanceof Boolean ? shortened(value.toString()) : "'" + value + "'";
    }

    /** Without control characters, invisible ones and halves of characters, which are shown by their numbers. */
    static String safe(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED, Character.PRIVATE_USE ->
                    safe.append(c == '\n' ? "\\n" : c == '\t' ? "\\t" : String.format("\\u{%x}", c));
                default -> safe.append(c == '\\' ? "\\\\" : Character.toString(c));
            }
        });
        return safe.toString();
    }

    private static String text(String text) {
        int length = text.codePointCount(0, text.length());
        String shown = length <= MOST_CHARACTERS ? text : text.substring(0, text.offsetByCodePoints(0, MOST_CHARACTERS));
        return "'" + safe(shown).replace("'", "''") + (length <= MOST_CHARACTERS ? "'" : "…' <" + length + " characters>");
    }

    private static String bytes(byte[] bytes) {
        if (bytes.length <= MOST_BYTES) {
            return "X'" + HexFormat.of().formatHex(bytes) + "'";
        }
        return "X'" + HexFormat.of().formatHex(bytes, 0, MOST_BYTES) + "…' <" + bytes.length + " bytes>";
    }

    private static String elements(Object[] elements) {
        StringJoiner shown = new StringJoiner(", ", "[", "]");
        for (int i = 0; i < Math.min(elements.length, MOST_ELEMENTS); i++) {
            shown.add(value(elements[i]));
        }
        return elements.length > MOST_ELEMENTS ? shown + "… <" + elements.length + " elements>" : shown.toString();
    }

    private static String shortened(String number) {
        return number.length() <= MOST_CHARACTERS ? number : number.substring(0, MOST_CHARACTERS) + "… <" + number.length() + " characters>";
    }
}
