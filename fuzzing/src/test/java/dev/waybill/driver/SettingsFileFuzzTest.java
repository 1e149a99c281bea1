// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.fuzzing.Bounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Files of settings: understood, or refused with a state. */
class SettingsFileFuzzTest {

    private Path directory;
    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        directory = Files.createTempDirectory("settings");
        file = directory.resolve("waybill.properties");
    }

    @AfterEach
    void removeFile() throws IOException {
        Files.deleteIfExists(file);
        Files.delete(directory);
    }

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyFileIsReadOrRefused(byte[] bytes) throws Exception {
        Files.write(file, bytes);
        Bounds.within(32L << 20, () -> {
            try {
                SettingTexts.read(new Properties(), new Properties(), directory);
            } catch (SQLException refused) {
                Bounds.demand(refused.getSQLState() != null && refused.getMessage() != null, "refused without a state");
            }
        });
    }
}
