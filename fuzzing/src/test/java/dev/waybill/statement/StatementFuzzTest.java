// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.fuzzing.Bounds;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.junit.jupiter.api.Timeout;

/** The SQL that applications send: what is ours is understood or refused, what is not is left alone; tokens cover the text from left to right. */
class StatementFuzzTest {

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyTextIsAStatementOfOursOrRefusedOrLeftAlone(byte[] bytes) throws Exception {
        String sql = new String(bytes, StandardCharsets.UTF_8);
        Bounds.within(64L << 20, () -> {
            for (LexerRules rules : LexerRules.values()) {
                int end = 0;
                for (Token token : Lexer.tokens(sql, rules)) {
                    Bounds.demand(token.start() >= end && token.end() > token.start() && token.end() <= sql.length(), "tokens do not follow one another: " + token);
                    end = token.end();
                }
            }
            try {
                WaybillStatement.parse(sql);
            } catch (SQLException refused) {
                Bounds.demand(refused.getSQLState() != null && refused.getMessage() != null, "refused without a state");
            }
        });
    }
}
