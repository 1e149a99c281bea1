// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Different products that write the same rows: they agree in the end. */
class MixedTwoWayTest {

    @TempDir
    private Path folder;

    @Test
    void embeddedProductsAgree() throws Exception {
        run(1, false, 30, Map.entry("hq", h2()), Map.entry("one", sqlite("one")), Map.entry("two", hsqldb()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Tag("extended")
    void postgresAboveH2AndSqliteAgrees(long seed) throws Exception {
        run(seed, false, 60, Map.entry("hq", postgres()), Map.entry("one", h2()), Map.entry("two", sqlite("two")));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Tag("extended")
    void fiveProductsInThreeTiersAgree(long seed) throws Exception {
        run(seed, true, 60, Map.entry("hq", postgres()), Map.entry("middle", MariaDbServer.running().freshDatabase().url()), Map.entry("one", hsqldb()), Map.entry("two", sqlite("two")), Map.entry("three", h2()));
    }

    @SafeVarargs
    private void run(long seed, boolean tiers, int steps, Map.Entry<String, String>... urls) throws Exception {
        Map<String, String> all = new LinkedHashMap<>();
        for (Map.Entry<String, String> url : urls) {
            all.put(url.getKey(), url.getValue());
        }
        new ConflictingHistory(folder, seed, all, tiers).run(steps);
    }

    private static String h2() {
        return "jdbc:h2:mem:" + UUID.randomUUID();
    }

    private static String postgres() throws SQLException {
        return PostgresServer.running().freshDatabase().url();
    }

    private String sqlite(String name) {
        return "jdbc:sqlite:" + folder.resolve(name + UUID.randomUUID() + ".db");
    }

    private String hsqldb() {
        return "jdbc:hsqldb:file:" + folder.resolve("file-two") + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true";
    }
}
