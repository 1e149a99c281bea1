// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.Set;

/** Walks over the words and signs of a condition; stands on the one that comes next. One thread. */
final class ConditionScanner {

    private static final String FORM = "comparisons (= <> < <= > >=), [NOT] IN (…), [NOT] BETWEEN … AND …, [NOT] LIKE 'pattern' [ESCAPE 'c'], IS [NOT] NULL of columns, numbers, 'texts', TRUE, FALSE, DATE '…', TIME '…', "
            + "TIMESTAMP '…', with + - * of numbers, joined by AND, OR, NOT and parentheses";
    private static final Set<String> TWO = Set.of("<>", "!=", "<=", ">=");
    private static final int LONGEST_NEAR = 30;

    enum Kind { WORD, QUOTED, STRING, NUMBER, SIGN, END }

    private final String sql;
    private final int begin;
    private final int longest;
    private Kind kind;
    private int start;
    private int end;
    private int last;

    ConditionScanner(String sql, int from, int longest) throws SQLException {
        this.sql = sql;
        this.longest = longest;
        this.begin = from;
        this.end = from;
        this.last = from;
        next();
    }

    /** Where the last thing that was taken ends. */
    int last() {
        return last;
    }

    /** Where the next thing stands. */
    int start() {
        return start;
    }

    Kind kind() {
        return kind;
    }

    boolean isWord(String word) {
        return kind == Kind.WORD && end - start == word.length() && sql.regionMatches(true, start, word, 0, word.length());
    }

    boolean isSign(String sign) {
        return kind == Kind.SIGN && end - start == sign.length() && sql.startsWith(sign, start);
    }

    boolean takeWord(String word) throws SQLException {
        return take(isWord(word));
    }

    boolean takeSign(String sign) throws SQLException {
        return take(isSign(sign));
    }

    void expectWord(String word) throws SQLException {
        if (!takeWord(word)) {
            throw expected(word);
        }
    }

    void expectSign(String sign) throws SQLException {
        if (!takeSign(sign)) {
            throw expected(sign);
        }
    }

    /** What stands here, without its quotes; moves on. */
    String take() throws SQLException {
        String text = sql.substring(start, end);
        char quote = kind == Kind.STRING ? '\'' : '"';
        boolean quoted = kind == Kind.STRING || kind == Kind.QUOTED;
        take(true);
        return quoted ? text.substring(1, text.length() - 1).replace("" + quote + quote, "" + quote) : text;
    }

    /** The error for what stands here. */
    SQLException expected(String what) {
        String near = kind == Kind.END ? "the end" : sql.substring(start, Math.min(sql.length(), start + LONGEST_NEAR));
        return WaybillError.STATEMENT_SYNTAX.with(start + 1, near, what, FORM);
    }

    private boolean take(boolean there) throws SQLException {
        if (there) {
            last = end;
            next();
        }
        return there;
    }

    private void next() throws SQLException {
        start = skipBlanks(end);
        end = start;
        if (start - begin > longest) {
            throw expected("a condition of at most " + longest + " characters");
        }
        if (start >= sql.length()) {
            kind = Kind.END;
            return;
        }
        char c = sql.charAt(start);
        if (c == '\'' || c == '"') {
            quoted(c);
        } else if (isDigit(c) || c == '.' && start + 1 < sql.length() && isDigit(sql.charAt(start + 1))) {
            number();
        } else if (Character.isLetter(c) || c == '_' || c > 127) {
            kind = Kind.WORD;
            while (end < sql.length() && (Character.isLetterOrDigit(sql.charAt(end)) || "_$".indexOf(sql.charAt(end)) >= 0 || sql.charAt(end) > 127)) {
                end++;
            }
        } else {
            kind = Kind.SIGN;
            end += start + 2 <= sql.length() && TWO.contains(sql.substring(start, start + 2)) ? 2 : 1;
        }
    }

    private void quoted(char quote) throws SQLException {
        kind = quote == '"' ? Kind.QUOTED : Kind.STRING;
        end = sql.indexOf(quote, start + 1);
        while (end >= 0 && end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
            end = sql.indexOf(quote, end + 2);
        }
        if (end < 0) {
            throw expected("a closing " + quote);
        }
        end++;
        if (sql.indexOf('\0', start) >= 0 && sql.indexOf('\0', start) < end) {
            throw expected("a text without the character U+0000");
        }
    }

    /** Digits with a point; an exponent would make it approximate in databases. */
    private void number() throws SQLException {
        kind = Kind.NUMBER;
        boolean point = false;
        while (end < sql.length() && (isDigit(sql.charAt(end)) || sql.charAt(end) == '.' && !point)) {
            point |= sql.charAt(end) == '.';
            end++;
        }
        if (end < sql.length() && (Character.isLetter(sql.charAt(end)) || sql.charAt(end) == '.' || sql.charAt(end) == '_')) {
            throw expected("a number of digits, with a point or without");
        }
    }

    private int skipBlanks(int from) {
        int at = from;
        while (at < sql.length()) {
            if (Character.isWhitespace(sql.charAt(at))) {
                at++;
            } else if (sql.startsWith("--", at)) {
                at = sql.indexOf('\n', at) < 0 ? sql.length() : sql.indexOf('\n', at);
            } else if (sql.startsWith("/*", at)) {
                at = sql.indexOf("*/", at + 2) < 0 ? sql.length() : sql.indexOf("*/", at + 2) + 2;
            } else {
                break;
            }
        }
        return at;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
