// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.frameworks.Exchange.Product;
import java.nio.file.Path;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.EnumSource;

/** Flyway by URL: nothing but the URL, with our jar on the class path; what migrations write to published tables is replicated. */
class FlywayNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void migrationsAreReplicated(Product product) throws Exception {
        replicate(product);
    }

    @Tag("extended")
    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"}, mode = Mode.EXCLUDE)
    void migrationsAreReplicatedOnOtherProductsToo(Product product) throws Exception {
        replicate(product);
    }

    private void replicate(Product product) throws Exception {
        try (Exchange exchange = Exchange.on(product, directory)) {
            assertThat(flyway(product, exchange.url()).target("1").load().migrate().migrationsExecuted).isEqualTo(1);
            exchange.publish("book");
            assertThat(flyway(product, exchange.url()).load().migrate().migrationsExecuted).isEqualTo(1);
            assertThat(flyway(product, exchange.url()).load().validateWithResult().validationSuccessful).isTrue();
            assertThat(flyway(product, exchange.rawUrl()).load().info().pending()).isEmpty();
            exchange.assertReplicated(3, "book");
        }
    }

    private static FluentConfiguration flyway(Product product, String url) {
        return Flyway.configure().dataSource(url, null, null).locations("classpath:db/migration").placeholders(Map.of("identity", product.identity()));
    }
}
