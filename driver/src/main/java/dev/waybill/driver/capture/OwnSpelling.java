// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.statement.Lexer;
import dev.waybill.statement.LexerRules;
import dev.waybill.statement.Token;
import dev.waybill.statement.TokenKind;
import java.util.List;

/** Our tables are {@code waybill.outbox} where databases have schemas inside them, and {@code waybill_outbox} elsewhere: there both may be written. Stateless; any thread. */
final class OwnSpelling {

    private static final String SCHEMA = "waybill";

    private OwnSpelling() {}

    /** Whether it is worth looking closer; nothing is allocated. */
    static boolean mayBeIn(String sql) {
        for (int at = sql.indexOf('.'); at >= 0; at = sql.indexOf('.', at + 1)) {
            int end = at;
            while (end > 0 && (Character.isWhitespace(sql.charAt(end - 1)) || "\"`".indexOf(sql.charAt(end - 1)) >= 0)) {
                end--;
            }
            if (sql.regionMatches(true, end - SCHEMA.length(), SCHEMA, 0, SCHEMA.length())) {
                return true;
            }
        }
        return false;
    }

    /** The text with the names that the tables have here. */
    static String local(String sql, LexerRules rules) {
        List<Token> tokens = Lexer.tokens(sql, rules);
        StringBuilder local = new StringBuilder();
        int copied = 0;
        for (int i = 0; i + 2 < tokens.size(); i++) {
            boolean qualified = i > 0 && tokens.get(i - 1).isSymbol(sql, ".");
            if (!qualified && isName(tokens.get(i)) && tokens.get(i).value(sql).equalsIgnoreCase(SCHEMA) && tokens.get(i + 1).isSymbol(sql, ".") && isName(tokens.get(i + 2))) {
                String name = SCHEMA + "_" + tokens.get(i + 2).value(sql);
                if (TableName.isOurs(name)) {
                    local.append(sql, copied, tokens.get(i).start()).append(name);
                    copied = tokens.get(i + 2).end();
                }
            }
        }
        return copied == 0 ? sql : local.append(sql, copied, sql.length()).toString();
    }

    private static boolean isName(Token token) {
        return token.kind() == TokenKind.WORD || token.kind() == TokenKind.QUOTED || token.kind() == TokenKind.BACKTICK;
    }
}
