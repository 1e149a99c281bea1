// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As {@link CrashTest}, on servers: captured by drivers, and by triggers. */
@Tag("extended")
class CrashOnServersTest {

    @TempDir
    Path folder;

    @Test
    void aCrashAtAnyStepOnPostgresLosesNothingAndRepeatsNothing() throws Exception {
        crash(CrashOnServersTest::postgres);
    }

    @Test
    void aCrashAtAnyStepOnMariaDbLosesNothingAndRepeatsNothing() throws Exception {
        crash(CrashOnServersTest::mariaDb);
    }

    @Test
    void aCrashAtAnyStepLosesNothingAndRepeatsNothingWhereTriggersOfPostgresCapture() throws Exception {
        crash(place -> complete(postgres(place)));
    }

    @Test
    void aCrashAtAnyStepLosesNothingAndRepeatsNothingWhereTriggersOfMariaDbCapture() throws Exception {
        crash(place -> complete(mariaDb(place)));
    }

    private void crash(CrashEverywhere.Databases databases) throws Exception {
        new CrashEverywhere(folder, databases, CrashEverywhere.NOT_ON_H2).bothAtATime();
    }

    private static TwoDatabases postgres(Path place) throws SQLException {
        return CrashEverywhere.linked(PostgresServer.running().freshDatabase().url(), PostgresServer.running().freshDatabase().url(), place);
    }

    private static TwoDatabases mariaDb(Path place) throws SQLException {
        return CrashEverywhere.linked(MariaDbServer.running().freshDatabase().url(), MariaDbServer.running().freshDatabase().url(), place);
    }

    private static TwoDatabases complete(TwoDatabases two) throws SQLException {
        two.hq.complete();
        return two;
    }
}
