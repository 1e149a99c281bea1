// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import dev.waybill.frameworks.Exchange.Product;
import dev.waybill.frameworks.shop.Book;
import java.nio.file.Path;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hibernate with its own connections and {@code hbm2ddl=validate}: nothing but the URL. */
@Tag("extended")
class HibernateNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void entitiesAreReplicatedAndTheSchemaIsFoundValid(Product product) throws Exception {
        try (Exchange exchange = Exchange.on(product, directory).made(Book.TABLE).publish("book");
                SessionFactory sessions = new Configuration().addAnnotatedClass(Book.class)
                        .setProperty("hibernate.connection.url", exchange.url())
                        .setProperty("hibernate.hbm2ddl.auto", product.hbm2ddl())
                        .setProperty("hibernate.jdbc.batch_size", "10")
                        .buildSessionFactory()) {
            sessions.inTransaction(session -> {
                for (int i = 0; i < 20; i++) {
                    session.persist(new Book("title " + i));
                }
            });
            sessions.inTransaction(session -> session.createQuery("from Book where id > 10", Book.class).list().forEach(book -> book.setTitle(book.getTitle() + "!")));
            sessions.inTransaction(session -> session.createMutationQuery("delete from Book where title = 'title 3'").executeUpdate());
            exchange.assertReplicated(19, "book");
        }
    }
}
