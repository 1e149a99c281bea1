// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import java.util.ArrayList;
import java.util.List;

/**
 * A light lexer of SQL: a cursor over the tokens of a text. It never fails and never copies; white space and comments are skipped.
 *
 * <p>It knows {@code '…'} with doubled quotes and the prefixes N, X, U&amp; (with UESCAPE); {@code "…"} and backticks; dollar quotes; comments by two hyphens, nested brackets and (on H2) two slashes; {@code ?} parameters. What it
 * does not know is a symbol. A literal or comment that does not end reaches to the end of the text; the literal is then a token that says so. That it cuts exactly as H2 does is a test against H2's own tokenizer.
 *
 * <p>One thread. {@link #next} is linear in the length of the token.
 */
public final class Lexer {

    private final String sql;
    private final LexerRules rules;
    private TokenKind kind;
    private int start;
    private int end;
    private boolean terminated;

    /** Stands before the first token. */
    public Lexer(String sql, LexerRules rules) {
        this.sql = sql;
        this.rules = rules;
    }

    /** All tokens without END. */
    public static List<Token> tokens(String sql, LexerRules rules) {
        Lexer lexer = new Lexer(sql, rules);
        List<Token> tokens = new ArrayList<>();
        while (lexer.next() != TokenKind.END) {
            tokens.add(lexer.token());
        }
        return tokens;
    }

    /** Moves to the next token and says what it is; at the end, END again and again. */
    public TokenKind next() {
        start = skipBlanks(end);
        terminated = true;
        if (start >= sql.length()) {
            end = sql.length();
            start = end;
            kind = TokenKind.END;
            return kind;
        }
        kind = read(sql.charAt(start));
        return kind;
    }

    /** Goes on there: what lies between was read by somebody else. */
    void from(int place) {
        end = place;
        next();
    }

    public TokenKind kind() {
        return kind;
    }

    /** First character of the token. */
    public int start() {
        return start;
    }

    /** After the last character of the token. */
    public int end() {
        return end;
    }

    /** The token as a value. */
    public Token token() {
        return new Token(kind, start, end, terminated);
    }

    /** Whether it is this word without quotes, in any case. */
    public boolean isWord(String word) {
        return kind == TokenKind.WORD && end - start == word.length() && sql.regionMatches(true, start, word, 0, word.length());
    }

    /** Whether it is this symbol. */
    public boolean isSymbol(String symbol) {
        return kind == TokenKind.SYMBOL && end - start == symbol.length() && sql.startsWith(symbol, start);
    }

    /** Decoded, as {@link Token#value}. */
    public String value() {
        return Literal.decode(sql, kind, start, end);
    }

    // ---- tokens ----

    private TokenKind read(char c) {
        return switch (c) {
            case '\'' -> rules.hasBackslashes() ? escaped(start) : literal(start, TokenKind.STRING);
            case '"' -> rules.hasQuotedNames() ? literal(start, TokenKind.QUOTED) : rules.hasBackslashes() ? escaped(start) : literal(start, TokenKind.STRING);
            case '`' -> rules.hasBackticks() ? literal(start, TokenKind.BACKTICK) : symbol(c);
            case '[' -> rules.hasBracketedNames() ? bracketed() : symbol(c);
            case 'E', 'e' -> at(start + 1) == '\'' && rules.hasEscapeLiterals() ? escaped(start + 1) : word();
            case 'B', 'b' -> at(start + 1) == '\'' && rules.hasEscapeLiterals() ? literal(start + 1, TokenKind.BINARY) : word();
            case '?' -> question();
            case '$' -> rules.hasDollarNames() ? word() : dollar();
            case 'N', 'n' -> at(start + 1) != '\'' || !rules.hasPrefixedLiterals() ? word() : rules.hasBackslashes() ? escaped(start + 1) : literal(start + 1, TokenKind.STRING);
            case 'X', 'x' -> at(start + 1) == '\'' ? literal(start + 1, TokenKind.BINARY) : word();
            case 'U', 'u' -> at(start + 1) == '&' && rules.hasPrefixedLiterals() && rules.hasUnicodeLiterals() && (at(start + 2) == '\'' || at(start + 2) == '"') ? unicode() : word();
            default -> other(c);
        };
    }

    private TokenKind other(char c) {
        if (isDigit(c) || c == '.' && isDigit(at(start + 1))) {
            return number(c);
        }
        int point = sql.codePointAt(start);
        if (point == '_' || isNameStart(point)) {
            return word();
        }
        return symbol(point);
    }

    private TokenKind literal(int open, TokenKind of) {
        end = Literal.endOfQuoted(sql, open, sql.length());
        terminated = Literal.isClosed(sql, open, end);
        return of;
    }

    private TokenKind bracketed() {
        int close = sql.indexOf(']', start);
        terminated = close >= 0;
        end = terminated ? close + 1 : sql.length();
        return TokenKind.QUOTED;
    }

    /** A text literal in which a backslash takes the next character's meaning away. */
    private TokenKind escaped(int open) {
        end = open + 1;
        terminated = false;
        char quote = sql.charAt(open);
        while (end < sql.length() && !terminated) {
            char c = sql.charAt(end);
            boolean pair = c == '\\' || c == quote && at(end + 1) == quote;
            terminated = c == quote && !pair;
            end = Math.min(end + (pair ? 2 : 1), sql.length());
        }
        return TokenKind.STRING;
    }

    private TokenKind unicode() {
        TokenKind of = literal(start + 2, at(start + 2) == '"' ? TokenKind.QUOTED : TokenKind.STRING);
        int clause = terminated ? skipBlanks(end) : sql.length();
        if (sql.regionMatches(true, clause, "UESCAPE", 0, 7)) {
            int open = skipBlanks(clause + 7);
            if (at(open) == '\'' && at(open + 2) == '\'') {
                end = open + 3;
            }
        }
        return of;
    }

    /** {@code ??(} is H2's way to write a bracket without one, {@code ??} the PostgreSQL driver's way to write an operator: no parameters. */
    private TokenKind question() {
        char third = at(start + 2);
        if (at(start + 1) != '?' || rules.hasBracketTrigraphs() && third != '(' && third != ')') {
            return parameter();
        }
        end = start + (rules.hasBracketTrigraphs() ? 3 : 2);
        return TokenKind.SYMBOL;
    }

    private TokenKind parameter() {
        end = start + 1;
        while (isDigit(at(end))) {
            end++;
        }
        return TokenKind.PARAMETER;
    }

    private TokenKind dollar() {
        int open = start + 1;
        if (rules.hasDollarTags()) {
            while (open < sql.length() && isTagPart(sql.charAt(open), open == start + 1)) {
                open++;
            }
        }
        return at(open) == '$' && rules.hasDollarQuotes() ? dollarQuote(sql.substring(start, open + 1)) : parameter();
    }

    private static boolean isTagPart(char c, boolean first) {
        return c != '$' && (c > 127 || c == '_' || Character.isLetterOrDigit(c) && !(first && isDigit(c)));
    }

    private TokenKind dollarQuote(String tag) {
        int close = sql.indexOf(tag, start + tag.length());
        terminated = close >= 0;
        end = terminated ? close + tag.length() : sql.length();
        return TokenKind.STRING;
    }

    private TokenKind word() {
        end = start;
        while (end < sql.length()) {
            int point = sql.codePointAt(end);
            if (!isNamePart(point)) {
                break;
            }
            end += Character.charCount(point);
        }
        return TokenKind.WORD;
    }

    private boolean isNameStart(int point) {
        return rules.hasUnicodeNames() ? Character.isJavaIdentifierStart(point) : point > 127 || Character.isLetter(point);
    }

    private boolean isNamePart(int point) {
        return rules.hasUnicodeNames() ? Character.isJavaIdentifierPart(point) : point > 127 || point == '_' || point == '$' || Character.isLetterOrDigit(point);
    }

    private TokenKind number(char c) {
        char radix = Character.toLowerCase(at(start + 1));
        if (c == '0' && (radix == 'x' || radix == 'o' || radix == 'b')) {
            end = digits(start + 2, radix == 'x' ? 16 : radix == 'o' ? 8 : 2);
            return TokenKind.NUMBER;
        }
        end = digits(start, 10);
        if (at(end) == '.') {
            end = digits(end + 1, 10);
        }
        if (Character.toLowerCase(at(end)) == 'e') {
            int sign = at(end + 1) == '+' || at(end + 1) == '-' ? end + 2 : end + 1;
            end = isDigit(at(sign)) ? digits(sign, 10) : end;
        }
        return TokenKind.NUMBER;
    }

    private int digits(int from, int radix) {
        int at = from;
        while (isDigit(at(at), radix) || at(at) == '_' && (at > from || radix != 10) && isDigit(at(at + 1), radix)) {
            at++;
        }
        return at;
    }

    private TokenKind symbol(int point) {
        char following = at(start + 1);
        boolean two = switch (point) {
            case ':' -> following == ':' || following == '=';
            case '|', '&' -> following == point;
            case '<' -> following == '=' || following == '>';
            case '>', '!' -> following == '=';
            default -> false;
        };
        end = start + (two ? 2 : Character.charCount(point));
        return TokenKind.SYMBOL;
    }

    // ---- between tokens ----

    private int skipBlanks(int from) {
        int at = from;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == '-' && at(at + 1) == '-' && (!rules.hasHashComments() || at(at + 2) <= ' ') || c == '#' && rules.hasHashComments() || c == '/' && at(at + 1) == '/' && rules.hasSlashComments()) {
                at = endOfLine(at + 1);
            } else if (c == '/' && at(at + 1) == '*') {
                at = endOfComment(at + 2);
            } else if (isBlank(c)) {
                at++;
            } else {
                break;
            }
        }
        return at;
    }

    private int endOfLine(int from) {
        int at = from;
        while (at < sql.length() && sql.charAt(at) != '\n' && (sql.charAt(at) != '\r' || rules.hasHashComments())) {
            at++;
        }
        return at;
    }

    private int endOfComment(int from) {
        int depth = 1;
        int at = from;
        while (at < sql.length() && depth > 0) {
            boolean opens = sql.charAt(at) == '/' && at(at + 1) == '*' && rules.hasNestedComments();
            boolean closes = sql.charAt(at) == '*' && at(at + 1) == '/';
            depth += opens ? 1 : closes ? -1 : 0;
            at += opens || closes ? 2 : 1;
        }
        return at;
    }

    private boolean isBlank(char c) {
        return c <= ' ' || c > 127 && rules.hasUnicodeNames() && Character.isSpaceChar(c);
    }

    private static boolean isDigit(char c, int radix) {
        return c < 128 && Character.digit(c, radix) >= 0;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The character there, or NUL beyond the end. */
    private char at(int index) {
        return index < sql.length() ? sql.charAt(index) : 0;
    }
}
