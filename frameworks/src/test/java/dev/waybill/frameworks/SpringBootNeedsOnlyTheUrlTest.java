// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.frameworks.Exchange.Product;
import dev.waybill.frameworks.shop.Book;
import dev.waybill.frameworks.shop.ShopApplication.Books;
import dev.waybill.frameworks.shop.ShopApplication.Shop;
import dev.waybill.frameworks.shop.ShopApplication;
import java.nio.file.Path;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Spring Boot with Spring Data, JdbcTemplate, and migrations by Flyway: nothing but the URL, with our jar on the class path. */
class SpringBootNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void applicationIsReplicated(Product product) throws Exception {
        replicate(product);
    }

    @Tag("extended")
    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"}, mode = Mode.EXCLUDE)
    void applicationIsReplicatedOnOtherProductsToo(Product product) throws Exception {
        replicate(product);
    }

    private void replicate(Product product) throws Exception {
        try (Exchange exchange = Exchange.on(product, directory).made(Book.TABLE).publish("book"); ConfigurableApplicationContext application = start(Map.of("spring.datasource.url", exchange.url(), "spring.jpa.hibernate.ddl-auto", product.hbm2ddl()))) {
            Shop shop = application.getBean(Shop.class);
            shop.stock(10, false);
            assertThatThrownBy(() -> shop.stock(5, true)).hasMessageContaining("lorry");
            application.getBean(JdbcTemplate.class).update("UPDATE book SET title = 'changed' WHERE title = ?", "title 3");
            assertThat(application.getBean(Books.class).countByTitle("changed")).isEqualTo(1);
            assertThat(application.getBean(Books.class).count()).isEqualTo(10);
            exchange.assertReplicated(10, "book");
        }
    }

    @Test
    void whatTheApplicationSaysOfTheDriverStays() {
        assertThatThrownBy(() -> start(Map.of("spring.datasource.url", "jdbc:waybill:h2:mem:said", "spring.datasource.driver-class-name", "org.h2.Driver", "spring.jpa.properties.hibernate.boot.allow_jdbc_metadata_access", "false",
                "spring.jpa.database-platform", "org.hibernate.dialect.H2Dialect", "spring.jpa.hibernate.ddl-auto", "none")).getBean(DataSource.class).getConnection())
                .hasStackTraceContaining("org.h2.Driver claims to not accept jdbcUrl");
    }

    @Test
    void anotherUrlIsNothingToUs() {
        try (ConfigurableApplicationContext application = start(Map.of("spring.datasource.url", "jdbc:h2:mem:another", "spring.jpa.hibernate.ddl-auto", "create"))) {
            assertThat(application.getEnvironment().getProperty("spring.datasource.driver-class-name")).isNull();
            assertThat(application.getEnvironment().getPropertySources().contains("waybill")).isFalse();
        }
    }

    private static ConfigurableApplicationContext start(Map<String, Object> properties) {
        return new SpringApplicationBuilder(ShopApplication.class).web(WebApplicationType.NONE).bannerMode(Banner.Mode.OFF).logStartupInfo(false)
                .properties(Map.of("spring.jpa.hibernate.ddl-auto", "validate", "spring.flyway.enabled", "false", "spring.liquibase.enabled", "false", "spring.jpa.open-in-view", "false")).properties(properties).run();
    }
}
