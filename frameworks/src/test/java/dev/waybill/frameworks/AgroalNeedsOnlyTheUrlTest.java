// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agroal: nothing but the URL. */
class AgroalNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @Test
    void poolIsReplicatedWhenOnlyItsUrlIsChanged() throws Exception {
        PoolStory.run(directory, url -> {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(pool -> pool.maxSize(3).connectionFactoryConfiguration(connections -> connections.jdbcUrl(url))));
        });
    }
}
