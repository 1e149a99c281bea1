// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.frameworks.Exchange.Product;
import dev.waybill.frameworks.shop.Book;
import java.nio.file.Path;
import org.jooq.CloseableDSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** jOOQ: nothing but the URL; it finds the dialect by the connection. */
@Tag("extended")
class JooqNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void whatItWritesIsReplicated(Product product) throws Exception {
        try (Exchange exchange = Exchange.on(product, directory).made(Book.TABLE).publish("book"); CloseableDSLContext dsl = DSL.using(exchange.url())) {
            assertThat(dsl.dialect()).isEqualTo(product == Product.POSTGRESQL ? SQLDialect.POSTGRES : SQLDialect.valueOf(product.name()));
            var book = DSL.table("book");
            var id = DSL.field(DSL.unquotedName("id"), SQLDataType.BIGINT);
            var version = DSL.field("version", SQLDataType.INTEGER);
            var title = DSL.field("title", SQLDataType.VARCHAR);
            for (int i = 0; i < 5; i++) {
                dsl.insertInto(book, version, title).values(0, "title " + i).execute();
            }
            dsl.transaction(in -> in.dsl().update(book).set(title, title.concat("!")).where(title.like("%3")).execute());
            dsl.batch(dsl.insertInto(book, version, title).values((Integer) null, null)).bind(1, "b1").bind(1, "b2").execute();
            assertThat(dsl.insertInto(book, version, title).values(2, "returned").returningResult(id).fetchOne()).isNotNull();
            dsl.deleteFrom(book).where(title.eq("title 0")).execute();
            exchange.assertReplicated(7, "book");
        }
    }
}
