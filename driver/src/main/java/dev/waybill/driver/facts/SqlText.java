// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.statement.Lexer;
import dev.waybill.statement.LexerRules;
import dev.waybill.statement.Token;
import dev.waybill.statement.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One statement as its tokens over the text that the application wrote: what the planner looks at. Immutable; any thread. */
public final class SqlText {

    private final String sql;
    private final List<Token> tokens;

    private SqlText(String sql, List<Token> tokens) {
        this.sql = sql;
        this.tokens = tokens;
    }

    /** The statements of a text, cut at the semicolons between them; empty ones are dropped. */
    public static List<SqlText> statements(String sql, LexerRules rules) {
        List<Token> all = Lexer.tokens(sql, rules);
        List<SqlText> statements = new ArrayList<>(1);
        int from = 0;
        for (int i = 0; i <= all.size(); i++) {
            if (i == all.size() || all.get(i).isSymbol(sql, ";")) {
                if (i > from) {
                    statements.add(new SqlText(sql, all.subList(from, i)));
                }
                from = i + 1;
            }
        }
        return statements;
    }

    /** All tokens of a text, the semicolons too. */
    public static SqlText whole(String sql, LexerRules rules) {
        return new SqlText(sql, Lexer.tokens(sql, rules));
    }

    /** The tokens from here on as a statement of its own. */
    public SqlText from(int index) {
        return part(index, size());
    }

    /** These tokens as a statement of its own. */
    public SqlText part(int from, int to) {
        return new SqlText(sql, tokens.subList(Math.min(from, size()), Math.max(Math.min(from, size()), Math.min(to, size()))));
    }

    public int size() {
        return tokens.size();
    }

    /** The statement from its first token to its last. */
    public String text() {
        return text(0, size());
    }

    /** The text from one token to another, exclusive: blanks and comments between them included. */
    public String text(int from, int to) {
        return from >= to ? "" : sql.substring(tokens.get(from).start(), tokens.get(to - 1).end());
    }

    /** Whether a literal or quoted name does not end: the database will refuse the text, and nobody knows what is in it. */
    public boolean isUnterminated() {
        return !tokens.isEmpty() && !tokens.get(size() - 1).terminated();
    }

    public boolean isWord(int index, String word) {
        return index < size() && tokens.get(index).isWord(sql, word);
    }

    /** Whether these words stand from here on. */
    public boolean isWords(int index, String... words) {
        for (int i = 0; i < words.length; i++) {
            if (!isWord(index + i, words[i])) {
                return false;
            }
        }
        return true;
    }

    public boolean isSymbol(int index, String symbol) {
        return index < size() && tokens.get(index).isSymbol(sql, symbol);
    }

    public TokenKind kind(int index) {
        return index < size() ? tokens.get(index).kind() : TokenKind.END;
    }

    /** Whether a name can stand here: a word, or something in quotes. */
    public boolean isName(int index) {
        return kind(index) == TokenKind.WORD || kind(index) == TokenKind.QUOTED || kind(index) == TokenKind.BACKTICK;
    }

    /** Decoded, as the application wrote it; names in quotes without them. */
    public String value(int index) {
        return tokens.get(index).value(sql);
    }

    /** The word in upper case, or an empty text for what is no word. */
    public String word(int index) {
        return kind(index) == TokenKind.WORD ? value(index).toUpperCase(Locale.ROOT) : "";
    }

    /** The first place at or after {@code from}, outside of parentheses that open after it, where one of these words stands; the size when there is none. */
    public int find(int from, String... words) {
        int depth = 0;
        for (int i = from; i < size(); i++) {
            if (isSymbol(i, "(")) {
                depth++;
            } else if (isSymbol(i, ")")) {
                depth--;
            } else if (depth == 0 && isAny(i, words)) {
                return i;
            }
        }
        return size();
    }

    /** After the parenthesis that closes the one here; the size when none does. */
    public int afterParentheses(int open) {
        int depth = 0;
        for (int i = open; i < size(); i++) {
            depth += isSymbol(i, "(") ? 1 : isSymbol(i, ")") ? -1 : 0;
            if (depth == 0) {
                return i + 1;
            }
        }
        return size();
    }

    public boolean isAny(int index, String... words) {
        for (String word : words) {
            if (isWord(index, word)) {
                return true;
            }
        }
        return false;
    }

    /** How many parameters stand between these tokens. */
    public int parameters(int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += kind(i) == TokenKind.PARAMETER ? 1 : 0;
        }
        return count;
    }

    /** The numbers, from 1, of the parameters between these tokens. */
    public List<Integer> parameterNumbers(int from, int to) {
        int first = parameters(0, from);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < parameters(from, to); i++) {
            numbers.add(first + i + 1);
        }
        return numbers;
    }

    /** Whether a parameter is named by its number, as {@code ?2}: then places in the text say nothing about indexes. */
    public boolean hasNumberedParameters() {
        for (Token token : tokens) {
            if (token.kind() == TokenKind.PARAMETER && token.end() - token.start() > 1) {
                return true;
            }
        }
        return false;
    }
}
