// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.frameworks.Exchange.Product;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Flyway by URL: nothing but the URL, with our jar on the class path; what migrations write to published tables is replicated. */
class FlywayNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void migrationsAreReplicated(Product product) throws Exception {
        try (Exchange exchange = Exchange.on(product, directory)) {
            assertThat(flyway(exchange.url()).target("1").load().migrate().migrationsExecuted).isEqualTo(1);
            exchange.publish("book");
            assertThat(flyway(exchange.url()).load().migrate().migrationsExecuted).isEqualTo(1);
            assertThat(flyway(exchange.url()).load().validateWithResult().validationSuccessful).isTrue();
            assertThat(flyway(exchange.rawUrl()).load().info().pending()).isEmpty();
            exchange.assertReplicated(3, "book");
        }
    }

    private static FluentConfiguration flyway(String url) {
        return Flyway.configure().dataSource(url, null, null).locations("classpath:db/migration");
    }
}
