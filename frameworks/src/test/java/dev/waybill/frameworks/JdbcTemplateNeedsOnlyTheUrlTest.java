// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.frameworks.Exchange.Product;
import dev.waybill.frameworks.shop.Book;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.SimpleJdbcInsert;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** JdbcTemplate with its transactions: nothing but the URL. */
@Tag("extended")
class JdbcTemplateNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @Test
    void whatTemplatesWriteIsReplicated() throws Exception {
        try (Exchange exchange = Exchange.on(Product.H2, directory).made(Book.TABLE).publish("book")) {
            DriverManagerDataSource source = new DriverManagerDataSource(exchange.url());
            JdbcTemplate template = new JdbcTemplate(source);
            TransactionTemplate transactions = new TransactionTemplate(new DataSourceTransactionManager(source));
            template.batchUpdate("INSERT INTO book (version, title) VALUES (?, ?)", List.of(new Object[] {0, "one"}, new Object[] {0, "two"}));
            transactions.executeWithoutResult(state -> {
                template.update("UPDATE book SET title = ? WHERE title = ?", "three", "two");
                template.update("INSERT INTO book (version, title) VALUES (1, 'undone')");
                state.setRollbackOnly();
            });
            transactions.executeWithoutResult(state -> template.update("UPDATE book SET title = ? WHERE title = ?", "four", "one"));
            Number key = new SimpleJdbcInsert(template).withTableName("book").usingGeneratedKeyColumns("id").executeAndReturnKey(Map.of("version", 5, "title", "by metadata"));
            assertThat(template.queryForObject("SELECT title FROM book WHERE id = ?", String.class, key)).isEqualTo("by metadata");
            exchange.assertReplicated(3, "book");
        }
    }
}
