// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks.shop;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.domain.EntityScan;
import org.springframework.context.annotation.Import;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** An ordinary application of Spring Boot: a repository, a component with transactions, everything else by auto-configuration. */
@SpringBootConfiguration
@EnableAutoConfiguration
@EntityScan(basePackageClasses = Book.class)
@EnableJpaRepositories(considerNestedRepositories = true)
@Import(ShopApplication.Shop.class)
public class ShopApplication {

    /** Of Spring Data. */
    public interface Books extends JpaRepository<Book, Long> {

        /** Found by the name of the method. */
        long countByTitle(String title);
    }

    /** Of the application. */
    @Component
    public static class Shop {

        private final Books books;

        /** Made by Spring. */
        public Shop(Books books) {
            this.books = books;
        }

        /** All or none. */
        @Transactional
        public void stock(int count, boolean fails) {
            for (int i = 0; i < count; i++) {
                books.save(new Book(fails ? "never" : "title " + i));
            }
            if (fails) {
                books.flush();
                throw new IllegalStateException("the lorry has turned over");
            }
        }
    }
}
