// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.error.WaybillError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A column of SQLite that would round what arrives, without a word, takes nothing. */
class RoundingColumnTest {

    @TempDir
    private Path folder;

    @Test
    void aColumnThatWouldRoundIsRefusedAndOneThatKeepsTextIsTaken() throws Exception {
        assertThatThrownBy(() -> land("NUMERIC", 20, 2)).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.APPLY_COLUMN_ROUNDS.is(refused)).isTrue())
                .hasMessageContaining("amount").hasMessageContaining("NUMERIC").hasMessageContaining("DECIMAL_TEXT");
        assertThatThrownBy(() -> land("DECIMAL(20, 2)", 20, 2)).hasMessageContaining("DECIMAL(20, 2)");
        assertThatThrownBy(() -> land("REAL", 16, 2)).hasMessageContaining("REAL");
        for (String exact : new String[] {"DECIMAL_TEXT(20, 2)", "TEXT", "VARCHAR(30)", "BLOB"}) {
            assertThat(land(exact, 20, 2).table().name().name()).as(exact).isEqualTo("price");
        }
        assertThat(land("DECIMAL(15, 2)", 15, 2).table().name().name()).as("as many digits as it has for certain").isEqualTo("price");
    }

    private Landing land(String declared, int precision, int scale) throws SQLException {
        TableShape shape = new TableShape("", "price", 1, List.of(new ColumnShape("id", ColumnType.of(SqlType.INTEGER)), new ColumnShape("amount", ColumnType.of(SqlType.NUMERIC, precision, scale))), List.of(0));
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("replica.db")); Statement statement = raw.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS price");
            statement.execute("CREATE TABLE price (id INTEGER PRIMARY KEY, amount " + declared + ")");
            Dialect dialect = Dialects.of(raw);
            return new Landings(dialect).of(raw, shape, new Blame(dialect, "hq"));
        }
    }
}
