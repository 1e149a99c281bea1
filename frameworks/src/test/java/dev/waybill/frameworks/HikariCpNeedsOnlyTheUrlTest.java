// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HikariCP: nothing but the URL. */
class HikariCpNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @Test
    void poolIsReplicatedWhenOnlyItsUrlIsChanged() throws Exception {
        PoolStory.run(directory, url -> {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(url);
            config.setMaximumPoolSize(3);
            return new HikariDataSource(config);
        });
    }
}
