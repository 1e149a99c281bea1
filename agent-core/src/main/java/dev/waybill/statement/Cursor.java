// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import dev.waybill.error.WaybillError;
import dev.waybill.publication.Identifier;
import dev.waybill.predicate.Condition;
import java.sql.SQLException;

/** Walks over the tokens of one statement of ours, taking what is expected or saying where it is not. Stands on the token that comes next. */
final class Cursor {

    private static final int LONGEST_NEAR = 30;
    /** In digits: fits into an int. */
    private static final int LONGEST_NUMBER = 9;

    private final String sql;
    private final Lexer lexer;
    private Form form;

    Cursor(String sql) {
        this.sql = sql;
        this.lexer = new Lexer(sql, LexerRules.H2);
        lexer.next();
    }

    /** From here on, the statement is meant to have this form. */
    void means(Form meant) {
        form = meant;
    }

    boolean isWord(String word) {
        return lexer.isWord(word);
    }

    boolean isSymbol(String symbol) {
        return lexer.isSymbol(symbol);
    }

    /** Whether a name stands here. */
    boolean isIdentifier() {
        return lexer.kind() == TokenKind.QUOTED || lexer.kind() == TokenKind.WORD;
    }

    /** Where it stands. */
    int place() {
        return lexer.start();
    }

    /** Back to where it stood. */
    void back(int place) {
        lexer.from(place);
    }

    /** Takes the word if it is there. */
    boolean takeWord(String word) {
        boolean there = lexer.isWord(word);
        if (there) {
            lexer.next();
        }
        return there;
    }

    /** Takes both words if they are there, one behind the other; otherwise neither. */
    boolean takeWords(String word, String next) {
        int place = lexer.start();
        if (takeWord(word)) {
            if (takeWord(next)) {
                return true;
            }
            lexer.from(place);
        }
        return false;
    }

    /** Takes the symbol if it is there. */
    boolean takeSymbol(String symbol) {
        boolean there = lexer.isSymbol(symbol);
        if (there) {
            lexer.next();
        }
        return there;
    }

    void expectWord(String word) throws SQLException {
        if (!takeWord(word)) {
            throw expected(word);
        }
    }

    void expectSymbol(String symbol) throws SQLException {
        if (!takeSymbol(symbol)) {
            throw expected(symbol);
        }
    }

    String string(String what) throws SQLException {
        if (lexer.kind() != TokenKind.STRING || !lexer.token().terminated()) {
            throw expected(what + " in single quotes");
        }
        String value = lexer.value();
        lexer.next();
        return value;
    }

    Identifier identifier(String what) throws SQLException {
        boolean quoted = lexer.kind() == TokenKind.QUOTED;
        if (!quoted && lexer.kind() != TokenKind.WORD || !lexer.token().terminated()) {
            throw expected(what);
        }
        Identifier identifier = new Identifier(lexer.value(), quoted);
        if (identifier.text().isEmpty()) {
            throw expected(what + " that is not empty");
        }
        lexer.next();
        return identifier;
    }

    /** A name of ours: of a publisher, a remote user, a publication. */
    String name(String what) throws SQLException {
        return identifier("the name of " + what).name();
    }

    /** A condition, up to where it cannot go on. */
    Condition condition() throws SQLException {
        Condition.Parsed parsed = Condition.parse(sql, lexer.start());
        lexer.from(parsed.end());
        return parsed.condition();
    }

    /** Whether the word stands between that place and here, outside of parentheses; the cursor stays where it is. */
    boolean isOutside(String word, int from) {
        int end = lexer.start();
        boolean found = false;
        int depth = 0;
        for (lexer.from(from); lexer.start() < end; lexer.next()) {
            depth += lexer.isSymbol("(") ? 1 : lexer.isSymbol(")") ? -1 : 0;
            found |= depth == 0 && lexer.isWord(word);
        }
        lexer.from(end);
        return found;
    }

    /** The whole text. */
    String sql() {
        return sql;
    }

    /** Takes what stands in parentheses, whatever that is, without them. */
    String insideParentheses() throws SQLException {
        SQLException open = expected(") behind this");
        int from = lexer.end();
        int depth = 0;
        int to;
        do {
            depth += lexer.isSymbol("(") ? 1 : lexer.isSymbol(")") ? -1 : 0;
            if (lexer.kind() == TokenKind.END || lexer.isSymbol(";")) {
                throw open;
            }
            to = lexer.start();
            lexer.next();
        } while (depth > 0);
        return sql.substring(from, to).strip();
    }

    /** A whole number that is not negative. */
    int number(String what) throws SQLException {
        SQLException notANumber = expected(what + " as a whole number");
        String text = lexer.token().text(sql);
        if (lexer.kind() != TokenKind.NUMBER || text.length() > LONGEST_NUMBER || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw notANumber;
        }
        lexer.next();
        return Integer.parseInt(text);
    }

    /** A number that may be as long as the id of a job. */
    long id(String what) throws SQLException {
        SQLException notANumber = expected(what + " as a whole number");
        if (lexer.kind() != TokenKind.NUMBER) {
            throw notANumber;
        }
        try {
            long id = Long.parseLong(lexer.token().text(sql));
            lexer.next();
            return id;
        } catch (NumberFormatException wrong) {
            notANumber.initCause(wrong);
            throw notANumber;
        }
    }

    /** All that follows, without a semicolon and spaces at its end; the cursor is at the end then. */
    String rest(String what) throws SQLException {
        int from = lexer.start();
        SQLException nothing = expected(what);
        lexer.from(sql.length());
        String rest = sql.substring(from).strip();
        rest = rest.endsWith(";") ? rest.substring(0, rest.length() - 1).strip() : rest;
        if (rest.isEmpty()) {
            throw nothing;
        }
        return rest;
    }

    void expectEnd() throws SQLException {
        takeSymbol(";");
        if (lexer.kind() != TokenKind.END) {
            throw expected("the end of the statement");
        }
    }

    /** The error for what stands here. */
    SQLException expected(String what) {
        String near = lexer.kind() == TokenKind.END ? "the end" : sql.substring(lexer.start(), Math.min(sql.length(), lexer.start() + LONGEST_NEAR));
        return WaybillError.STATEMENT_SYNTAX.with(lexer.start() + 1, near, what, form.text());
    }
}
