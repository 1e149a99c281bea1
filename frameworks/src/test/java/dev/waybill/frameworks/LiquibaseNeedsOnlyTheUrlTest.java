// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.frameworks.Exchange.Product;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.EnumSource;

/** Liquibase by URL: nothing but the URL, with our jar on the class path; what change sets write to published tables is replicated. */
class LiquibaseNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void changeSetsAreReplicated(Product product) throws Exception {
        replicate(product);
    }

    @Tag("extended")
    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"}, mode = Mode.EXCLUDE)
    void changeSetsAreReplicatedOnOtherProductsToo(Product product) throws Exception {
        replicate(product);
    }

    private void replicate(Product product) throws Exception {
        try (Exchange exchange = Exchange.on(product, directory)) {
            update(exchange.url(), product, "first");
            exchange.publish("book");
            update(exchange.url(), product, "second");
            exchange.assertReplicated(3, "book");
        }
    }

    private static void update(String url, Product product, String context) throws Exception {
        Scope.child(Map.of(Scope.Attr.ui.name(), new LoggerUIService()), () -> {
            Database database = DatabaseFactory.getInstance().openDatabase(url, null, null, null, new ClassLoaderResourceAccessor());
            try (Liquibase liquibase = new Liquibase("db/changes.xml", new ClassLoaderResourceAccessor(), database)) {
                assertThat(database.getShortName()).isEqualTo(product.name().toLowerCase(Locale.ROOT));
                liquibase.update(new Contexts(context));
                assertThat(liquibase.listUnrunChangeSets(new Contexts(context), null)).isEmpty();
            }
        });
    }
}
