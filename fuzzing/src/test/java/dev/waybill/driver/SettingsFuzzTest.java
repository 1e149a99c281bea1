// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.error.Secrets;
import dev.waybill.fuzzing.Bounds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.Timeout;

/** Settings of a connection, and URLs of drivers that are not there: understood, or refused with a state. The first line is a URL, each further one is {@code name=value}. */
class SettingsFuzzTest {

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anySettingsAreReadOrRefused(byte[] bytes) throws Exception {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 40);
        Properties info = new Properties();
        for (int i = 1; i < lines.length; i++) {
            int at = lines[i].indexOf('=');
            String name = at < 0 ? lines[i] : lines[i].substring(0, at);
            if (!name.equals("waybill.file")) { // would be opened
                info.setProperty(name, at < 0 ? "" : lines[i].substring(at + 1));
            }
        }
        Bounds.within(32L << 20, () -> {
            try {
                SettingTexts.read(info, new Properties(), Path.of("no", "such", "folder"));
            } catch (SQLException refused) {
                Bounds.demand(refused.getSQLState() != null, "refused without a state");
            }
            SettingTexts.without(info);
            SettingTexts.shown(lines[0]);
            Secrets.hidden(lines[0]);
            url("jdbc:waybill:nobody:" + lines[0], info);
            url(lines[0].startsWith("jdbc:waybill:h2:") ? "" : lines[0], info);
        });
    }

    private static void url(String url, Properties info) {
        try {
            WaybillDriver driver = new WaybillDriver();
            driver.acceptsURL(url);
            Bounds.demand(driver.connect(url, info) == null, "connected to nobody");
        } catch (SQLException refused) {
            Bounds.demand(refused.getSQLState() != null, "refused without a state");
        }
    }
}
