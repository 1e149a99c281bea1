// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.frameworks.Exchange.Product;
import dev.waybill.frameworks.shop.Book;
import java.nio.file.Path;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Update;
import org.apache.ibatis.datasource.pooled.PooledDataSource;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.ExecutorType;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MyBatis with its own pool: nothing but the URL; the class of the driver that it names may stay the real one. */
@Tag("extended")
class MyBatisNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    /** Mapped by annotations. */
    interface Books {

        @Insert("INSERT INTO book (version, title) VALUES (0, #{title})")
        @Options(useGeneratedKeys = true, keyProperty = "id", keyColumn = "id")
        int add(Book book);

        @Update("UPDATE book SET title = title || '!' WHERE id > #{above}")
        int change(long above);
    }

    @Test
    void whatMappersWriteIsReplicated() throws Exception {
        try (Exchange exchange = Exchange.on(Product.H2, directory).made(Book.TABLE).publish("book")) {
            PooledDataSource source = new PooledDataSource("org.h2.Driver", exchange.url(), "", "");
            Configuration configuration = new Configuration(new Environment("books", new JdbcTransactionFactory(), source));
            configuration.addMapper(Books.class);
            SqlSessionFactory sessions = new SqlSessionFactoryBuilder().build(configuration);
            try (SqlSession session = sessions.openSession()) {
                Book book = new Book("one");
                session.getMapper(Books.class).add(book);
                assertThat(book.getId()).isEqualTo(1);
                session.getMapper(Books.class).add(new Book("two"));
                session.commit();
                session.getMapper(Books.class).add(new Book("undone"));
                session.rollback();
            }
            try (SqlSession session = sessions.openSession(ExecutorType.BATCH)) {
                for (int i = 0; i < 10; i++) {
                    session.getMapper(Books.class).add(new Book("batch " + i));
                }
                session.getMapper(Books.class).change(3);
                session.commit();
            }
            source.forceCloseAll();
            exchange.assertReplicated(12, "book");
        }
    }
}
