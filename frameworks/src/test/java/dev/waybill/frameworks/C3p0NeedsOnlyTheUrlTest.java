// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** c3p0: nothing but the URL, with its cache of statements. */
class C3p0NeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @Test
    void poolIsReplicatedWhenOnlyItsUrlIsChanged() throws Exception {
        PoolStory.run(directory, url -> {
            ComboPooledDataSource source = new ComboPooledDataSource();
            source.setJdbcUrl(url);
            source.setInitialPoolSize(1);
            source.setMinPoolSize(1);
            source.setMaxPoolSize(3);
            source.setMaxStatements(20);
            return source;
        });
    }
}
