// SPDX-License-Identifier: Apache-2.0
package dev.waybill.passthrough;

import dev.waybill.statement.Lexer;
import dev.waybill.statement.LexerRules;
import dev.waybill.statement.Token;
import dev.waybill.statement.TokenKind;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A statement as a text that goes to others: what can be said of it without knowing the product that executes it. Immutable; any thread.
 */
public final class PassedText {

    /** Longer statements are not passed on. */
    public static final int LONGEST = 100_000;

    private static final Set<String> ROWS = Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "UPSERT", "WITH", "SELECT", "VALUES", "TABLE");
    private static final Set<String> TRANSACTIONS = Set.of("COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "START", "SET", "ABORT", "END");
    private static final Set<String> READS = Set.of("SELECT", "VALUES", "TABLE", "WITH", "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "SET", "RESET", "USE", "PRAGMA", "FETCH", "MOVE", "DECLARE", "CLOSE", "LISTEN", "NOTIFY", "UNLISTEN",
            "DISCARD", "PREPARE", "EXECUTE", "DEALLOCATE", "HELP", "CHECKPOINT", "LOCK", "BEGIN", "START", "SCRIPT", "");
    private static final Set<String> WITH_BODY = Set.of("TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE");
    private static final Set<String> KINDS = Set.of("TABLE", "INDEX", "VIEW");
    private static final Set<String> DEEDS = Set.of("ADD", "DROP", "ALTER", "MODIFY", "CHANGE", "RENAME");
    /** What they do to a table shows in no column, index or foreign key of it. */
    private static final Set<String> UNSEEN = Set.of("CHECK", "COMMENT", "PARTITION", "PARTITIONS", "ENGINE", "AUTO_INCREMENT", "FORCE", "CONVERT", "CHARSET", "COLLATE", "TRIGGER", "RESTART", "SELECT");

    private final String sql;
    private final List<Token> tokens;

    private PassedText(String sql, LexerRules rules) {
        this.sql = sql;
        this.tokens = Lexer.tokens(sql, rules);
    }

    /** As this product cuts it. */
    public static PassedText of(String sql, LexerRules rules) {
        return new PassedText(sql, rules);
    }

    /** Why it cannot go to others; null when it can. */
    public String refusal() {
        if (sql.length() > LONGEST) {
            return "it is longer than " + LONGEST + " characters";
        } else if (TRANSACTIONS.contains(word(0))) {
            return "it concerns the transaction or the session";
        } else if (tokens.stream().anyMatch(token -> token.kind() == TokenKind.PARAMETER)) {
            return "it has parameters, whose values are no part of its text";
        } else if (isSeveral()) {
            return "several statements stand in one text; say them one by one";
        }
        return null;
    }

    private boolean isSeveral() {
        if (tokens.stream().limit(6).anyMatch(token -> WITH_BODY.contains(upper(token))) || Set.of("BEGIN", "DO", "DECLARE").contains(word(0))) {
            return false; // a body has semicolons of its own
        }
        for (int i = 0; i < tokens.size() - 1; i++) {
            if (tokens.get(i).kind() == TokenKind.SYMBOL && tokens.get(i).text(sql).equals(";")) {
                return true;
            }
        }
        return false;
    }

    /** Of a statement that writes nothing here: whether it is a question, or concerns the session. Otherwise it may be one of another product. */
    public boolean readsOnly() {
        return READS.contains(word(0));
    }

    /** Whether it may commit, on some product: whatever is not known to change rows and nothing else. */
    public boolean defines() {
        return !ROWS.contains(word(0)) || word(0).equals("TABLE") || has("INTO") && word(0).equals("SELECT");
    }

    /** Whether it says that it changes rows of tables that it names. */
    public boolean changesRows() {
        return !defines() || word(0).equals("TRUNCATE");
    }

    /** Whether executing it twice is as good as once. */
    boolean isHarmlessTwice() {
        return adjoin("IF", "EXISTS") || adjoin("NOT", "EXISTS") && word(0).equals("CREATE") && adjoin("IF", "NOT") || adjoin("OR", "REPLACE");
    }

    /** Whether tables show that it was executed: with its end at least one of them is there, is gone, or has other columns, indexes or foreign keys. */
    boolean isSeenInTables() {
        if (tokens.stream().anyMatch(token -> UNSEEN.contains(upper(token)))) {
            return false;
        }
        return switch (word(0)) {
            case "CREATE", "DROP" -> tokens.stream().limit(5).anyMatch(token -> KINDS.contains(upper(token))) && !has("TEMPORARY");
            case "ALTER" -> word(1).equals("TABLE") && tokens.stream().anyMatch(token -> DEEDS.contains(upper(token)));
            default -> false;
        };
    }

    /** Whether a name without its schema occurs in it, in any case and quoted or not. */
    public boolean names(String name) {
        return tokens.stream().anyMatch(token -> switch (token.kind()) {
            case WORD -> token.text(sql).equalsIgnoreCase(name);
            case QUOTED, BACKTICK -> token.value(sql).equalsIgnoreCase(name);
            default -> false;
        });
    }

    private boolean has(String word) {
        return tokens.stream().anyMatch(token -> upper(token).equals(word));
    }

    private boolean adjoin(String first, String second) {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            if (word(i).equals(first) && word(i + 1).equals(second)) {
                return true;
            }
        }
        return false;
    }

    private String word(int index) {
        return index < tokens.size() ? upper(tokens.get(index)) : "";
    }

    private String upper(Token token) {
        return token.kind() == TokenKind.WORD ? token.text(sql).toUpperCase(Locale.ROOT) : "";
    }
}
