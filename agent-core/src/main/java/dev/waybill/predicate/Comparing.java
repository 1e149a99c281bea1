// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import dev.waybill.change.LargeValue;
import dev.waybill.change.TextForm;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;

/** Compares values of one family. Stateless. */
final class Comparing {

    /** Decimal floating point beyond all numbers, in their order. */
    private static final List<String> BEYOND = List.of("-Infinity", "", "Infinity", "NaN");

    private Comparing() {}

    /**
     * Less than, equal to or greater than zero.
     *
     * @param rule for text; null for all else
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static int compare(Object a, Object b, TextRule rule) {
        if (rule != null) {
            return texts(text(a), text(b), rule);
        } else if (a instanceof Long first && b instanceof Long second) {
            return Long.compare(first, second);
        } else if (a instanceof Number || b instanceof Number) {
            return numbers(a, b);
        }
        return ((Comparable) a).compareTo(b);
    }

    private static int numbers(Object a, Object b) {
        int first = a instanceof String beyond ? BEYOND.indexOf(beyond) : 1;
        int second = b instanceof String beyond ? BEYOND.indexOf(beyond) : 1;
        return first != 1 || second != 1 ? Integer.compare(first, second) : number(a).compareTo(number(b));
    }

    private static BigDecimal number(Object value) {
        return value instanceof Long whole ? BigDecimal.valueOf(whole) : (BigDecimal) value;
    }

    /** A text, whole. */
    static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        try (Reader reader = TextForm.reader(((LargeValue) value).open())) {
            StringWriter text = new StringWriter();
            reader.transferTo(text);
            return text.toString();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static int texts(String a, String b, TextRule rule) {
        return switch (rule.ending()) {
            case COUNT -> inOrder(a, b, rule.order());
            case DROPPED -> inOrder(dropped(a), dropped(b), rule.order());
            case FILLED -> inOrder(filled(a, b.length()), filled(b, a.length()), rule.order());
        };
    }

    private static int inOrder(String a, String b, TextRule.Units units) {
        if (units != TextRule.Units.CODE_POINTS) {
            return a.compareTo(b);
        }
        int i = 0;
        while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        if (i == a.length() || i == b.length()) {
            return Integer.compare(a.length(), b.length());
        }
        boolean inside = i > 0 && Character.isHighSurrogate(a.charAt(i - 1));
        return Integer.compare(a.codePointAt(inside ? i - 1 : i), b.codePointAt(inside ? i - 1 : i));
    }

    private static String dropped(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    private static String filled(String text, int length) {
        return text.length() >= length ? text : text + " ".repeat(length - text.length());
    }
}
