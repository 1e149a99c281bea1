// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import java.util.Arrays;

/**
 * A pattern of LIKE, cut into what it stands for. Immutable; any thread. Matching takes the length of the text times that of the pattern at most.
 *
 * @param written the pattern as written
 * @param escape  the escape character as written; null for none
 */
record Pattern(String written, String escape) {

    /** {@code %}, in what {@link #units} gives. */
    private static final int ANY = -1;
    /** {@code _}. */
    private static final int ONE = -2;

    /** What is wrong with it, or null. */
    String fault() {
        if (escape == null) {
            return written.indexOf('\\') >= 0 ? "some databases take a backslash for an escape character, some do not: say ESCAPE" : null;
        } else if (escape.length() != 1 || escape.equals("%") || escape.equals("_")) {
            return "the escape character has to be one character, and neither % nor _";
        }
        for (int i = 0; i < written.length(); i++) {
            if (written.charAt(i) == escape.charAt(0)) {
                i++;
                if (i == written.length() || "%_".indexOf(written.charAt(i)) < 0 && written.charAt(i) != escape.charAt(0)) {
                    return "an escape character has to stand before %, _ or itself";
                }
            }
        }
        return null;
    }

    /** Goes back to the last {@code %} only: what stood before it has the leftmost place already. */
    boolean matches(String text, TextRule.Units of) {
        int[] pattern = units(of);
        int[] units = of == TextRule.Units.CODE_POINTS ? text.codePoints().toArray() : text.chars().toArray();
        int at = 0;
        int next = 0;
        int any = -1;
        int retry = 0;
        while (at < units.length) {
            if (next < pattern.length && (pattern[next] == ONE || pattern[next] == units[at])) {
                at++;
                next++;
            } else if (next < pattern.length && pattern[next] == ANY) {
                any = next++;
                retry = at;
            } else if (any >= 0) {
                next = any + 1;
                at = ++retry;
            } else {
                return false;
            }
        }
        while (next < pattern.length && pattern[next] == ANY) {
            next++;
        }
        return next == pattern.length;
    }

    private int[] units(TextRule.Units of) {
        int[] all = of == TextRule.Units.CODE_POINTS ? written.codePoints().toArray() : written.chars().toArray();
        int[] meant = new int[all.length];
        int count = 0;
        for (int i = 0; i < all.length; i++) {
            boolean escaped = escape != null && all[i] == escape.charAt(0);
            meant[count++] = escaped ? all[++i] : all[i] == '%' ? ANY : all[i] == '_' ? ONE : all[i];
        }
        return Arrays.copyOf(meant, count);
    }

    /** As it would be written. */
    String text() {
        return Family.text(written) + (escape == null ? "" : " ESCAPE " + Family.text(escape));
    }
}
