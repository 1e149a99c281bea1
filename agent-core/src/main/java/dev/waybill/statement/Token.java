// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

/**
 * One token by its place in the text; the text itself is handed in again where it is needed, so that a list of tokens stays small.
 *
 * @param start      first character
 * @param end        after the last character
 * @param terminated false for a literal or quoted identifier whose closing quote is missing: it then reaches to the end of the text
 */
public record Token(TokenKind kind, int start, int end, boolean terminated) {

    /** As written. */
    public String text(String sql) {
        return sql.substring(start, end);
    }

    /** Decoded: the content of a literal, the name of an identifier; as written for all others. */
    public String value(String sql) {
        return Literal.decode(sql, kind, start, end);
    }

    /** Whether it is this word without quotes, in any case. */
    public boolean isWord(String sql, String word) {
        return kind == TokenKind.WORD && end - start == word.length() && sql.regionMatches(true, start, word, 0, word.length());
    }

    /** Whether it is this symbol. */
    public boolean isSymbol(String sql, String symbol) {
        return kind == TokenKind.SYMBOL && end - start == symbol.length() && sql.startsWith(symbol, start);
    }
}
