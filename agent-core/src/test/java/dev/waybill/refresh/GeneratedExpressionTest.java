// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.dialect.Dialects;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratedExpressionTest {

    private static String accept(String text) throws SQLException {
        return GeneratedExpression.accept(Dialects.of("jdbc:h2:mem:x"), List.of("A", "B b"), text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"A\" + 1 | \"A\" + 1", "\"A\"*-\"A\" | \"A\" * -\"A\"", "upper(\"B b\" || ' it''s ') | UPPER(\"B b\" || ' it''s ')", "COALESCE(\"A\", 0, (1.5)) | COALESCE(\"A\", 0, (1.5))",
        "((\"A\" % 2)) | ((\"A\" % 2))"})
    void theRestrictedFormIsPutTogetherAnew(String text, String expected) throws SQLException {
        assertThat(accept(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1; DROP TABLE t", "\"C\" + 1", "A + 1", "(SELECT 1)", "FILE_READ('/etc/passwd')", "\"A\" + ", "(\"A\"", "\"A\")", "UPPER", "UPPER()", "'open", "1 -- x", "1 /* x */", "\"A\" \"A\"", "a(1", "\"A\" = 1",
        "CALL('x')", "'\\'"})
    void anythingElseIsNotAccepted(String text) throws SQLException {
        assertThat(accept(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 5_000})
    void depthAndLengthAreBounded(int depth) throws SQLException {
        assertThat(accept("(".repeat(depth) + "1" + ")".repeat(depth))).isNull();
        assertThat(accept("-".repeat(depth) + "1")).isNull();
    }
}
