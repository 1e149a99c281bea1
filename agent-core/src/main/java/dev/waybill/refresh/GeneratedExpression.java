// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.dialect.Dialect;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The restricted form in which the expression of a generated column is taken from a message. What is not of this form is not executed: the column becomes an ordinary one.
 *
 * <pre>
 *   expression := term (operator term)*            operator: + - * / % ||
 *   term       := [-] number | 'text' | "column" | function ( expression, … ) | ( expression )
 *   column     := a column of the same table, quoted      function: one of the list below
 * </pre>
 * The text that is executed is put together anew from what was understood, with names quoted by the dialect.
 */
final class GeneratedExpression {

    private static final Set<String> FUNCTIONS = Set.of("ABS", "CEIL", "CEILING", "CHAR_LENGTH", "CHARACTER_LENGTH", "COALESCE", "CONCAT", "FLOOR", "GREATEST", "LEAST", "LEFT", "LENGTH", "LOWER",
            "LTRIM", "MOD", "NULLIF", "OCTET_LENGTH", "REPLACE", "RIGHT", "ROUND", "RTRIM", "SIGN", "SUBSTRING", "TRIM", "UPPER");
    private static final Pattern TOKEN = Pattern.compile("\\s*(?:(?<number>\\d{1,30}(?:\\.\\d{1,30})?)|(?<text>'(?:[^']|'')*')|\"(?<column>(?:[^\"]|\"\")+)\"|(?<word>[A-Za-z_]+)|(?<sign>\\|\\||[-+*/%(),]))\\s*");
    private static final int LONGEST = 2_000;
    private static final int DEEPEST = 50;

    private final Dialect dialect;
    private final List<String> columns;
    private final Matcher matcher;
    private final StringBuilder accepted = new StringBuilder();
    private final int end;
    private boolean more;
    /** Something that is no token. */
    private boolean broken;
    private int depth;

    private GeneratedExpression(Dialect dialect, List<String> columns, String text) {
        this.dialect = dialect;
        this.columns = columns;
        this.matcher = TOKEN.matcher(text);
        this.end = text.length();
    }

    /** The expression as SQL for this database, or null when it is not of the restricted form. */
    static String accept(Dialect dialect, List<String> columns, String text) {
        if (text.length() > LONGEST) {
            return null;
        }
        GeneratedExpression expression = new GeneratedExpression(dialect, columns, text);
        expression.advance(0);
        return expression.expression() && !expression.more && !expression.broken ? expression.accepted.toString() : null;
    }

    private void advance(int from) {
        more = matcher.region(from, end).lookingAt();
        broken |= !more;
    }

    private void next() {
        if (matcher.end() == end) {
            more = false;
        } else {
            advance(matcher.end());
        }
    }

    private boolean expression() {
        if (!term()) {
            return false;
        }
        while (isSign("+", "-", "*", "/", "%", "||")) {
            accepted.append(' ').append(matcher.group("sign")).append(' ');
            next();
            if (!term()) {
                return false;
            }
        }
        return true;
    }

    private boolean term() {
        if (!more || ++depth >= DEEPEST) {
            return false;
        }
        boolean understood = isSign("-") ? negative() : isSign("(") ? inParentheses() : matcher.group("word") != null ? function() : value();
        depth--;
        return understood;
    }

    private boolean negative() {
        take("-");
        return term();
    }

    private boolean inParentheses() {
        take("(");
        return expression() && close();
    }

    private boolean function() {
        String name = matcher.group("word").toUpperCase(Locale.ROOT);
        if (!FUNCTIONS.contains(name)) {
            return false;
        }
        accepted.append(name);
        next();
        if (!isSign("(")) {
            return false;
        }
        take("(");
        if (!expression()) {
            return false;
        }
        while (isSign(",")) {
            take(", ");
            if (!expression()) {
                return false;
            }
        }
        return close();
    }

    private boolean value() {
        String column = matcher.group("column");
        if (column != null) {
            String name = column.replace("\"\"", "\"");
            if (!columns.contains(name)) {
                return false;
            }
            take(dialect.quote(name));
            return true;
        }
        String literal = matcher.group("number") != null ? matcher.group("number") : matcher.group("text");
        if (literal == null || literal.indexOf('\\') >= 0) {
            return false;
        }
        take(literal);
        return true;
    }

    private boolean close() {
        if (!isSign(")")) {
            return false;
        }
        take(")");
        return true;
    }

    private void take(String text) {
        accepted.append(text);
        next();
    }

    private boolean isSign(String... signs) {
        return more && matcher.group("sign") != null && List.of(signs).contains(matcher.group("sign"));
    }
}
