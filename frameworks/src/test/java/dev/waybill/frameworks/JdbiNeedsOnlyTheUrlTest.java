// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.frameworks.Exchange.Product;
import dev.waybill.frameworks.shop.Book;
import java.nio.file.Path;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jdbi: nothing but the URL. */
@Tag("extended")
class JdbiNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @Test
    void whatHandlesWriteIsReplicated() throws Exception {
        try (Exchange exchange = Exchange.on(Product.H2, directory).made(Book.TABLE).publish("book")) {
            Jdbi jdbi = Jdbi.create(exchange.url());
            long id = jdbi.withHandle(handle -> handle.createUpdate("INSERT INTO book (version, title) VALUES (0, :title)").bind("title", "one").executeAndReturnGeneratedKeys("id").mapTo(Long.class).one());
            assertThat(id).isEqualTo(1);
            jdbi.useTransaction(handle -> {
                handle.prepareBatch("INSERT INTO book (version, title) VALUES (1, ?)").add("two").add("three").execute();
                handle.savepoint("here");
                handle.execute("DELETE FROM book");
                handle.rollbackToSavepoint("here");
            });
            exchange.assertReplicated(3, "book");
        }
    }
}
