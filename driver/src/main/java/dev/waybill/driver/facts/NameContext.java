// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.statement.LexerRules;
import java.util.List;
import java.util.Locale;

/**
 * What names without a schema mean on a connection. Plans made under equal contexts are the same. Immutable; any thread.
 *
 * @param schemas    the current schema, then the search path
 * @param letterCase how the database keeps names without quotes
 * @param ignoreCase whether names in quotes are compared without regard to case, too
 * @param owner      a number of its own for a connection that has temporary tables; 0 for all others
 * @param rules      how texts are cut into tokens
 */
public record NameContext(List<String> schemas, LetterCase letterCase, boolean ignoreCase, long owner, LexerRules rules) {

    public NameContext {
        schemas = List.copyOf(schemas);
    }

    /** How names without quotes are kept. */
    public enum LetterCase { UPPER, LOWER, LOWER_ASCII, AS_WRITTEN }

    /** A name without quotes as the database keeps it. */
    String fold(String name) {
        return switch (letterCase) {
            case UPPER -> name.toUpperCase(Locale.ROOT);
            case LOWER -> name.toLowerCase(Locale.ROOT);
            case LOWER_ASCII -> lowerAscii(name);
            case AS_WRITTEN -> name;
        };
    }

    private static String lowerAscii(String name) {
        StringBuilder lower = new StringBuilder(name);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                lower.setCharAt(i, (char) (c + 'a' - 'A'));
            }
        }
        return lower.toString();
    }

    boolean isSame(String kept, String written) {
        return ignoreCase ? kept.equalsIgnoreCase(written) : kept.equals(written);
    }
}
