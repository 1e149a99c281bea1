// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.fuzzing.Bounds;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.junit.jupiter.api.Timeout;

/** Conditions of publications: understood or refused; what is understood is kept as a text that means the same, and decided for any row. */
class ConditionFuzzTest {

    private static final TextRule RULE = new TextRule(TextRule.Ending.COUNT, TextRule.Units.CODE_POINTS, TextRule.Units.CODE_POINTS);

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyTextIsAConditionThatIsKeptAndDecidedOrRefused(byte[] bytes) throws Exception {
        String sql = new String(bytes, StandardCharsets.UTF_8);
        Bounds.within(64L << 20, () -> {
            try {
                Condition.Parsed parsed = Condition.parse(sql, 0);
                Bounds.demand(parsed.end() > 0 && parsed.end() <= sql.length(), "it ends outside of its text");
                Condition found = parsed.condition().resolved(ConditionFuzzTest::column);
                Bounds.demand(Condition.ofText(found.text()).text().equals(found.text()), "read again it is another condition: " + found.text());
                Truth decided = found.of(ConditionFuzzTest::value);
                Bounds.demand(decided == Condition.ofText(found.text()).resolved(ConditionFuzzTest::column).of(ConditionFuzzTest::value), "read again it is decided otherwise: " + found.text());
                found.of(name -> null);
            } catch (SQLException refused) {
                Bounds.demand(refused.getSQLState() != null && refused.getMessage() != null, "refused without a state");
            }
        });
    }

    private static Term.Column column(Term.Column written) throws SQLException {
        return written.found(written.name(), type(written.name()), isText(written.name()) ? RULE : null);
    }

    private static ColumnType type(String name) {
        return switch (kind(name)) {
            case 0 -> ColumnType.of(SqlType.BIGINT);
            case 1 -> ColumnType.of(SqlType.BOOLEAN);
            case 2 -> ColumnType.of(SqlType.NUMERIC, 20, 4);
            default -> ColumnType.of(SqlType.VARCHAR, 100, -1);
        };
    }

    private static Object value(String name) {
        return switch (kind(name)) {
            case 0 -> 7L;
            case 1 -> true;
            case 2 -> new BigDecimal("7.2500");
            default -> "ab%_ ";
        };
    }

    private static boolean isText(String name) {
        return kind(name) > 2;
    }

    private static int kind(String name) {
        return name.isEmpty() ? 3 : name.charAt(0) % 5;
    }
}
