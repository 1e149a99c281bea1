// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import java.nio.file.Path;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pool of Tomcat: nothing but the URL. */
class TomcatPoolNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    @Test
    void poolIsReplicatedWhenOnlyItsUrlIsChanged() throws Exception {
        PoolStory.run(directory, url -> {
            PoolProperties properties = new PoolProperties();
            properties.setUrl(url);
            properties.setMaxActive(3);
            properties.setJdbcInterceptors("ConnectionState;StatementFinalizer;StatementCache");
            return new DataSource(properties);
        });
    }
}
