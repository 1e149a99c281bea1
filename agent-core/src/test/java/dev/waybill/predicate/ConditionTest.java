// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.TextRule.Ending;
import dev.waybill.predicate.TextRule.Units;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {

    private static final TextRule EXACT = new TextRule(Ending.COUNT, Units.CODE_POINTS, Units.CODE_POINTS);
    private static final TextRule LANGUAGE = new TextRule(Ending.COUNT, Units.UNKNOWN, Units.CODE_POINTS);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "a > | 4 | the end | a column or a value",
        "a = NULL | 5 | NULL | a column or a value (whether something is NULL",
        "a IN 1 | 6 | 1 | (",
        "a IN (1 2) | 9 | 2 | , or )",
        "a NOT 1 | 7 | 1 | IN, BETWEEN or LIKE",
        "a = 1 AND 2 | 12 | the end | a comparison, IS, IN, BETWEEN or LIKE",
        "(a = 1) + 2 = 3 | 9 | + | a value instead of the condition before this",
        "a BETWEEN 1 OR 2 | 13 | OR | AND",
        "a LIKE b | 8 | b | a pattern in quotes",
        "a = 1e5 | 5 | 1e5 | a number of digits",
        "a = 'x | 5 | 'x | a closing '",
        "a IS 1 | 6 | 1 | NULL",
        "a = DATE '2026-02-30' | 10 | '2026-02-30' | DATE 'yyyy-mm-dd'",
        "EXISTS (SELECT 1) | 1 | EXISTS | a column or a value",
        "a LIKE 'x\\y' AND b | 14 | AND | another pattern before this (some databases take a backslash"})
    void aWrongConditionSaysWhereAndWhatIsExpected(String text, int position, String near, String expected) {
        assertThatThrownBy(() -> Condition.parse(text, 0)).hasMessageContaining("at position " + position + ", near \"" + near).hasMessageContaining("\": expected " + expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"r = 1", "s > 1", "t = 1", "t > 'a'", "x = 'a'", "b > TRUE", "b = 1", "n = TRUE", "n", "lob IS NULL", "1 = 1", "t = fixed", "fixed IN ('a', 'b')", "fixed LIKE 'a'", "n = '1'", "u = 'no uuid'",
        "u > '123e4567-e89b-12d3-a456-426614174000'", "n + t = 1", "e = 'x'"})
    void whatDatabasesDecideInDifferentWaysIsRefused(String text) throws SQLException {
        Condition parsed = Condition.parse(text, 0).condition();
        SQLException refused = catchThrowableOfType(SQLException.class, () -> parsed.resolved(ConditionTest::find));
        assertThat(WaybillError.CONDITION_REFUSED.is(refused)).as(String.valueOf(refused)).isTrue();
        assertThat((Throwable) refused).hasMessageContaining("position");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "n = 1 | TRUE", "n = 1.0 | TRUE", "NOT n = 1 | FALSE", "missing = 1 | UNKNOWN", "NOT missing = 1 | UNKNOWN", "missing = 1 OR n = 1 | TRUE", "missing = 1 AND n = 2 | FALSE", "missing = 1 AND n = 1 | UNKNOWN",
        "missing IS NULL | TRUE", "missing IS NOT NULL | FALSE", "n IN (2, missing) | UNKNOWN", "n IN (1, missing) | TRUE", "n NOT IN (2, missing) | UNKNOWN", "n BETWEEN 1 AND 2 | TRUE", "n NOT BETWEEN 1 AND 2 | FALSE",
        "n + 9223372036854775807 > 9223372036854775807 | TRUE", "-n = -1 | TRUE", "2 - n * 3 = -1 | TRUE", "e IS NOT NULL | TRUE", "b | TRUE", "NOT b | FALSE", "t = 'it''s' | TRUE", "t LIKE 'it_s' | TRUE", "t LIKE 'IT%' | FALSE",
        "t /* a remark */ = 'it''s' -- and another | TRUE", "u = '123E4567-E89B-12D3-A456-426614174000' | TRUE"})
    void logicHasThreeValues(String text, Truth expected) throws SQLException {
        Map<String, Object> row = new HashMap<>(Map.of("n", 1L, "t", "it's", "b", true, "e", "x", "u", UUID.fromString("123e4567-e89b-12d3-a456-426614174000")));
        Condition condition = Condition.parse(text, 0).condition().resolved(ConditionTest::find);
        assertThat(condition.of(row::get)).isEqualTo(expected);
        assertThat(Condition.ofText(condition.text()).resolved(ConditionTest::find).of(row::get)).as("read again: " + condition.text()).isEqualTo(expected);
    }

    @Test
    void aConditionEndsWhereItCannotGoOn() throws SQLException {
        String sql = "TABLE t WHERE (a = 1) , TABLE u";
        Condition.Parsed parsed = Condition.parse(sql, sql.indexOf("(a"));
        assertThat(sql.substring(parsed.end())).isEqualTo(" , TABLE u");
        assertThat(parsed.condition().text()).isEqualTo("a = 1");
    }

    @Test
    void aConditionHasBounds() throws SQLException {
        assertThatThrownBy(() -> Condition.parse("(".repeat(3_000) + "a = 1" + ")".repeat(3_000), 0)).hasMessageContaining("nested at most 100 deep");
        assertThatThrownBy(() -> Condition.parse("NOT ".repeat(500) + "a = 1", 0)).hasMessageContaining("nested at most 100 deep");
        assertThatThrownBy(() -> Condition.parse("a = 1" + " + 1".repeat(101), 0)).hasMessageContaining("at most 100 sums");
        assertThatThrownBy(() -> Condition.parse("a IN (1" + ", 1".repeat(2_000) + ")", 0)).hasMessageContaining("at most 4000 characters");
        String deepest = "NOT (b AND (".repeat(24) + "n" + " - 1".repeat(99) + " = 1" + "))".repeat(24);
        Condition condition = Condition.parse(deepest, 0).condition().resolved(ConditionTest::find);
        assertThat(Condition.ofText(condition.text()).text()).isEqualTo(condition.text());
    }

    private static Term.Column find(Term.Column written) throws SQLException {
        return switch (written.name()) {
            case "r" -> written.found("r", ColumnType.of(SqlType.REAL), null);
            case "s" -> written.found("s", ColumnType.of(SqlType.TIMESTAMP_WITH_TIME_ZONE), null);
            case "b" -> written.found("b", ColumnType.of(SqlType.BOOLEAN), null);
            case "t" -> written.found("t", ColumnType.of(SqlType.VARCHAR, 20, -1), LANGUAGE);
            case "fixed" -> written.found("fixed", ColumnType.of(SqlType.CHAR, 4, -1), new TextRule(Ending.DROPPED, Units.CHARACTERS, Units.UNKNOWN));
            case "exact" -> written.found("exact", ColumnType.of(SqlType.VARCHAR, 20, -1), EXACT);
            case "x" -> written.found("x", ColumnType.of(SqlType.VARCHAR, 20, -1), null);
            case "e" -> written.found("e", ColumnType.of(SqlType.ENUM), null);
            case "u" -> written.found("u", ColumnType.of(SqlType.UUID), null);
            case "lob" -> written.found("lob", ColumnType.of(SqlType.CLOB), null);
            default -> written.found(written.name(), ColumnType.of(SqlType.BIGINT), null);
        };
    }
}
