// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

/** What a literal or an identifier says, from the characters of its token. Never fails: what is not well-formed stays as it is written. */
final class Literal {

    private Literal() {}

    static String decode(String sql, TokenKind kind, int start, int end) {
        return switch (kind) {
            case STRING -> sql.charAt(start) == '$' ? dollar(sql, start, end) : quoted(sql, start, end);
            case QUOTED, BACKTICK, BINARY -> sql.charAt(start) == '[' ? sql.substring(start + 1, end - start > 1 && sql.charAt(end - 1) == ']' ? end - 1 : end) : quoted(sql, start, end);
            default -> sql.substring(start, end);
        };
    }

    private static String dollar(String sql, int start, int end) {
        int open = sql.indexOf('$', start + 1) + 1;
        int tag = open - start;
        boolean closed = end - start >= 2 * tag && sql.regionMatches(end - tag, sql, start, tag);
        return sql.substring(open, closed ? end - tag : end);
    }

    private static String quoted(String sql, int start, int end) {
        int open = start;
        while (!isQuote(sql.charAt(open))) {
            open++;
        }
        char quote = sql.charAt(open);
        int close = endOfQuoted(sql, open, end);
        String inner = sql.substring(open + 1, isClosed(sql, open, close) ? close - 1 : close);
        String text = inner.indexOf(quote) < 0 ? inner : inner.replace(new String(new char[] {quote, quote}), String.valueOf(quote));
        return open - start == 2 ? unicode(text, close < end ? sql.charAt(end - 2) : '\\') : text;
    }

    /** After the closing quote of what opens here, or the limit. */
    static int endOfQuoted(String sql, int open, int limit) {
        char quote = sql.charAt(open);
        int close = sql.indexOf(quote, open + 1);
        while (close >= 0 && close + 1 < limit && sql.charAt(close + 1) == quote) {
            close = sql.indexOf(quote, close + 2);
        }
        return close < 0 || close >= limit ? limit : close + 1;
    }

    /** Whether what opens here has its closing quote before this end: an odd number of quotes in a row stands there. */
    static boolean isClosed(String sql, int open, int end) {
        char quote = sql.charAt(open);
        int quotes = 0;
        while (end - 1 - quotes > open && sql.charAt(end - 1 - quotes) == quote) {
            quotes++;
        }
        return quotes % 2 == 1;
    }

    private static boolean isQuote(char c) {
        return c == '\'' || c == '"' || c == '`';
    }

    private static String unicode(String text, char escape) {
        if (text.indexOf(escape) < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            at = text.charAt(at) == escape ? escaped(text, at, escape, out) : plain(text, at, out);
        }
        return out.toString();
    }

    private static int plain(String text, int at, StringBuilder out) {
        out.append(text.charAt(at));
        return at + 1;
    }

    private static int escaped(String text, int at, char escape, StringBuilder out) {
        if (at + 1 < text.length() && text.charAt(at + 1) == escape) {
            out.append(escape);
            return at + 2;
        }
        boolean six = at + 1 < text.length() && text.charAt(at + 1) == '+';
        int from = six ? at + 2 : at + 1;
        int to = from + (six ? 6 : 4);
        int code = to <= text.length() ? hexadecimal(text, from, to) : -1;
        if (!Character.isValidCodePoint(code)) {
            return plain(text, at, out);
        }
        out.appendCodePoint(code);
        return to;
    }

    private static int hexadecimal(String text, int from, int to) {
        int code = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            code = code << 4 | digit;
        }
        return code;
    }
}
