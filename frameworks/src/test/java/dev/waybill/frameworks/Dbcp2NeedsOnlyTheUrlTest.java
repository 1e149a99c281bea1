// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import java.nio.file.Path;
import org.apache.commons.dbcp2.BasicDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commons DBCP: nothing but the URL, with its pool of prepared statements. */
class Dbcp2NeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @Test
    void poolIsReplicatedWhenOnlyItsUrlIsChanged() throws Exception {
        PoolStory.run(directory, url -> {
            BasicDataSource source = new BasicDataSource();
            source.setUrl(url);
            source.setMaxTotal(3);
            source.setPoolPreparedStatements(true);
            source.setAccessToUnderlyingConnectionAllowed(true);
            return source;
        });
    }
}
