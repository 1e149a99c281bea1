// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.waybill.frameworks.Exchange.Product;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.EnumSource;

/** HikariCP: nothing but the URL. */
class HikariCpNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @Test
    void poolIsReplicatedWhenOnlyItsUrlIsChanged() throws Exception {
        PoolStory.run(directory, HikariCpNeedsOnlyTheUrlTest::pool);
    }

    @Tag("extended")
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "H2")
    void poolIsReplicatedOnOtherProductsToo(Product product) throws Exception {
        PoolStory.run(product, directory, HikariCpNeedsOnlyTheUrlTest::pool);
    }

    private static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(3);
        return new HikariDataSource(config);
    }
}
