// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alibaba.druid.pool.DruidDataSource;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Druid: the URL, and the class of the driver, since it knows no other URLs than those of its own list. */
class DruidNeedsTheClassOfTheDriverTest {

    @TempDir
    private Path directory;

    @Test
    void poolIsReplicatedWhenTheClassOfTheDriverIsSaidToo() throws Exception {
        PoolStory.run(directory, url -> {
            DruidDataSource source = new DruidDataSource();
            source.setUrl(url);
            source.setDriverClassName("dev.waybill.driver.WaybillDriver");
            source.setMaxActive(3);
            source.setPoolPreparedStatements(true);
            return source;
        });
    }

    /** What docs/frameworks.md says: there is no point in it for us to plug in. */
    @Test
    void urlAloneIsRefusedByDruidItself() throws SQLException {
        try (DruidDataSource source = new DruidDataSource()) {
            source.setUrl("jdbc:waybill:h2:mem:druid");
            assertThatThrownBy(source::init).isInstanceOf(SQLException.class).hasMessageContaining("unknown jdbc driver");
        }
    }
}
