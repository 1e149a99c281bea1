// SPDX-License-Identifier: Apache-2.0
package dev.waybill.passthrough;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.passthrough.TablesNow.Finding;
import dev.waybill.statement.LexerRules;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tables tell of a statement that was interrupted: either all of it, nothing, or that they do not tell. */
class TablesNowTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ALTER TABLE item ADD COLUMN extra INT                 | NOT_EXECUTED | EXECUTED
            ALTER TABLE "ITEM" ALTER COLUMN name SET NOT NULL     | NOT_EXECUTED | EXECUTED
            ALTER TABLE item RENAME TO thing                      | NOT_EXECUTED | EXECUTED
            ALTER TABLE child ADD FOREIGN KEY (item) REFERENCES item | NOT_EXECUTED | EXECUTED
            ALTER TABLE item ADD CHECK (id > 0)                   | UNKNOWN      | UNKNOWN
            CREATE TABLE another (id INT PRIMARY KEY)             | NOT_EXECUTED | EXECUTED
            CREATE TABLE another AS SELECT * FROM item            | UNKNOWN      | UNKNOWN
            CREATE UNIQUE INDEX by_name ON item (name)            | NOT_EXECUTED | EXECUTED
            CREATE VIEW names AS (TABLE item)                     | NOT_EXECUTED | EXECUTED
            CREATE SEQUENCE numbers                               | UNKNOWN      | UNKNOWN
            CREATE SEQUENCE IF NOT EXISTS numbers                 | NOT_EXECUTED | NOT_EXECUTED
            DROP TABLE item CASCADE                               | NOT_EXECUTED | EXECUTED
            CALL 1                                                | UNKNOWN      | UNKNOWN
            """)
    void whatTablesTellIsTrueOrUnknown(String sql, Finding before, Finding after) throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:h2:mem:" + UUID.randomUUID()); Statement statement = raw.createStatement()) {
            Dialect dialect = Dialects.of(raw);
            statement.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20))");
            statement.execute("CREATE TABLE child (id INT PRIMARY KEY, item INT)");
            String tables = TablesNow.of(raw, dialect).text();
            PassedText text = PassedText.of(sql, LexerRules.H2);
            statement.execute("INSERT INTO item VALUES (1, 'rows are no matter')");
            assertThat(TablesNow.of(raw, dialect).finding(tables, text)).isEqualTo(before);
            statement.execute(sql);
            assertThat(TablesNow.of(raw, dialect).finding(tables, text)).isEqualTo(after);
            statement.execute("CREATE TABLE of_somebody_else (id INT)");
            assertThat(TablesNow.of(raw, dialect).finding(tables, text)).isEqualTo(Finding.UNKNOWN);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            INSERT INTO a VALUES (1)                                   | false | true
            WITH x AS (SELECT 1) DELETE FROM a                         | false | true
            CREATE TABLE a (id INT)                                    | true  | true
            CALL p()                                                   | true  | true
            CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END | true | true
            UPDATE a SET b = ?                                         | false | false
            UPDATE a SET b = 1; UPDATE a SET b = 2                     | false | false
            COMMIT                                                     | true  | false
            """)
    void aTextIsKnownForWhatItMayDo(String sql, boolean defines, boolean passes) {
        PassedText text = PassedText.of(sql, LexerRules.H2);
        assertThat(text.defines()).isEqualTo(defines);
        assertThat(text.refusal() == null).isEqualTo(passes);
    }
}
