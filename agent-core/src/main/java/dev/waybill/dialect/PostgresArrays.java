// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.ValueKind;
import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL's array literals.
 * <pre>
 *   array   := { element , … }        element := NULL | array | plain | "quoted, with \ before \ and quotation marks"
 * </pre>
 * Bounds other than from 1, and other dimensions than the column's type says, have no place in a canonical value: reading them fails.
 */
final class PostgresArrays {

    private final String text;
    private int at;

    private PostgresArrays(String text) {
        this.text = text;
    }

    /** An array whose shape its column type does not have. */
    static final class Misshapen extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Misshapen(String message) {
            super(message, null, false, false);
        }
    }

    static String write(Object[] values, ColumnType element) {
        StringBuilder literal = new StringBuilder("{");
        for (Object value : values) {
            if (literal.length() > 1) {
                literal.append(',');
            }
            append(literal, value, element);
        }
        return literal.append('}').toString();
    }

    private static void append(StringBuilder literal, Object value, ColumnType element) {
        if (value == null) {
            literal.append("NULL");
        } else if (element.kind() == ValueKind.ARRAY) {
            literal.append(write((Object[]) value, element.components().get(0)));
        } else if (element.kind() == ValueKind.INTEGER) {
            literal.append(value);
        } else {
            appendQuoted(literal, PostgresText.write(value, element));
        }
    }

    private static void appendQuoted(StringBuilder literal, String plain) {
        literal.append('"');
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c == '"' || c == '\\') {
                literal.append('\\');
            }
            literal.append(c);
        }
        literal.append('"');
    }

    /** @throws Misshapen for bounds or dimensions that the type does not have */
    static Object[] read(String literal, ColumnType type) {
        if (literal.startsWith("[")) {
            throw new Misshapen("an array begins at another index than 1");
        }
        return new PostgresArrays(literal).array(type.components().get(0));
    }

    private Object[] array(ColumnType element) {
        List<Object> values = new ArrayList<>();
        at++;
        while (text.charAt(at) != '}') {
            values.add(element(element));
            if (text.charAt(at) == ',') {
                at++;
            }
        }
        at++;
        return values.toArray();
    }

    private Object element(ColumnType element) {
        boolean nested = text.charAt(at) == '{';
        if (nested != (element.type() == SqlType.ARRAY)) {
            throw new Misshapen("an array has other dimensions than its column");
        }
        if (nested) {
            return array(element.components().get(0));
        }
        if (text.charAt(at) == '"') {
            return PostgresText.read(quoted(), element);
        }
        int from = at;
        while (text.charAt(at) != ',' && text.charAt(at) != '}') {
            at++;
        }
        String plain = text.substring(from, at);
        return plain.equals("NULL") ? null : PostgresText.read(plain, element);
    }

    private String quoted() {
        StringBuilder plain = new StringBuilder();
        for (at++; text.charAt(at) != '"'; at++) {
            if (text.charAt(at) == '\\') {
                at++;
            }
            plain.append(text.charAt(at));
        }
        at++;
        return plain.toString();
    }
}
