// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.driver.setting.AgentMode;
import dev.waybill.driver.setting.Setting;
import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbc.JdbcSQLNonTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** URL, settings, data source: what an application sees before it has a connection. */
class FrontDoorTest {

    private final Driver driver = new WaybillDriver();

    @TempDir
    private Path directory;

    // ---- the URL ----

    @Test
    void driverIsFoundByServiceLoaderAndDriverManager() throws SQLException {
        assertThat(ServiceLoader.load(Driver.class)).anyMatch(found -> found instanceof WaybillDriver);
        assertThat(DriverManager.getDriver("jdbc:waybill:h2:mem:")).isInstanceOf(WaybillDriver.class);
    }

    @Test
    void everythingAfterThePrefixReachesTheRealDriverUntouched() throws SQLException {
        String name = "jdbc:waybill:" + System.nanoTime();
        try (Connection connection = DriverManager.getConnection("jdbc:waybill:h2:mem:" + name + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE")) {
            assertThat(connection.getMetaData().getURL()).startsWith("jdbc:h2:mem:" + name);
            assertThat(connection.getMetaData().storesLowerCaseIdentifiers()).isTrue();
        }
    }

    @Test
    void anotherDriversUrlIsLeftToIt() throws SQLException {
        assertThat(driver.acceptsURL("jdbc:h2:mem:")).isFalse();
        assertThat(driver.connect("jdbc:h2:mem:", new Properties())).isNull();
        assertThat(driver.getPropertyInfo("jdbc:h2:mem:", new Properties())).isEmpty();
        assertThatThrownBy(() -> driver.acceptsURL(null)).isInstanceOf(SQLException.class);
    }

    @Test
    void missingRealDriverIsNamedWithItsArtifactAndWithoutThePassword() {
        assertRefused(WaybillError.DRIVER_MISSING, () -> DriverManager.getConnection("jdbc:waybill:oracle:thin:scott/secret@//host/db"));
        assertThatThrownBy(() -> DriverManager.getConnection("jdbc:waybill:oracle:thin:scott/secret@//host/db"))
                .hasMessageContaining("com.oracle.database.jdbc:ojdbc11").hasMessageNotContaining("secret");
        assertRefused(WaybillError.DRIVER_MISSING, () -> driver.connect("jdbc:waybill:", null));
        assertRefused(WaybillError.DRIVER_MISSING, () -> driver.connect("jdbc:waybill:nonsense", null));
    }

    @Test
    void prefixIsNotTakenTwice() {
        assertRefused(WaybillError.URL_NESTED, () -> driver.connect("jdbc:waybill:waybill:h2:mem:", null));
    }

    @Test
    void exceptionOfTheRealDriverPassesUntouched() {
        assertThatThrownBy(() -> DriverManager.getConnection("jdbc:waybill:h2:mem:x;NO_SUCH_SETTING=1")).isInstanceOf(JdbcSQLNonTransientConnectionException.class);
    }

    @Test
    void driverTellsTheTruthAboutItself() throws SQLException {
        assertThat(driver.jdbcCompliant()).isFalse();
        assertThat(driver.getMajorVersion()).isZero();
        assertThat(driver.getMinorVersion()).isEqualTo(1);
        assertThatThrownBy(driver::getParentLogger).isInstanceOf(SQLFeatureNotSupportedException.class);
        DriverPropertyInfo[] infos = driver.getPropertyInfo("jdbc:waybill:h2:mem:", new Properties());
        assertThat(Stream.of(infos).map(info -> info.name)).contains(Stream.of(Setting.values()).map(Setting::key).toArray(String[]::new));
    }

    // ---- settings ----

    @Test
    void connectionPropertiesGoBeforeSystemPropertiesBeforeTheFile() throws SQLException, IOException {
        Files.writeString(directory.resolve("waybill.properties"), "waybill.wait=1s\nwaybill.agent=off\nwaybill.message-bytes=10000\n");
        WaybillSettings settings = SettingTexts.read(properties("waybill.wait", "3s"), properties("waybill.wait", "2s", "waybill.message-bytes", "20000"), directory);
        assertThat(settings.patience()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.messageBytes()).isEqualTo(20_000);
        assertThat(settings.agent()).isEqualTo(AgentMode.OFF);
        assertThat(settings.showCatalogue()).isFalse();
    }

    @Test
    void withoutAnyTextTheDefaultsApply() throws SQLException {
        assertThat(SettingTexts.read(new Properties(), new Properties(), directory)).isEqualTo(WaybillSettings.DEFAULTS);
    }

    @Test
    void misspeltSettingIsRefusedWithTheListOfThoseThatThereAre() throws IOException {
        assertRefused(WaybillError.SETTING_UNKNOWN, () -> DriverManager.getConnection("jdbc:waybill:h2:mem:", properties("waybill.uncaptred", "allow")));
        assertThatThrownBy(() -> SettingTexts.read(new Properties(), properties("waybill.x", "1"), directory)).hasMessageContaining("waybill.uncaptured").hasMessageContaining("waybill.unwrap");
        Files.writeString(directory.resolve("waybill.properties"), "uncaptured=allow\n");
        assertRefused(WaybillError.SETTING_UNKNOWN, () -> SettingTexts.read(new Properties(), new Properties(), directory));
    }

    @Test
    void valueThatIsNotUnderstoodIsRefused() {
        for (String[] wrong : new String[][] {{"waybill.uncaptured", "maybe"}, {"waybill.wait", "soon"}, {"waybill.wait", "PT-1S"}, {"waybill.show-catalogue", "yes"},
                {"waybill.message-bytes", "9999"}, {"waybill.message-bytes", "many"}}) {
            assertRefused(WaybillError.SETTING_VALUE, () -> SettingTexts.read(properties(wrong), new Properties(), directory));
        }
    }

    @Test
    void fileThatIsNamedMustBeThere() {
        assertRefused(WaybillError.SETTINGS_FILE, () -> SettingTexts.read(properties("waybill.file", "nowhere.properties"), new Properties(), directory));
    }

    @Test
    void ourSettingsNeverReachTheRealDriver() throws SQLException {
        Properties given = properties("waybill.agent", "off", "user", "sa");
        Properties defaults = new Properties(given);
        assertThat(SettingTexts.without(given)).isEqualTo(properties("user", "sa"));
        assertThat(SettingTexts.without(defaults).stringPropertyNames()).containsExactly("user");
        Properties plain = properties("user", "sa");
        assertThat(SettingTexts.without(plain)).isSameAs(plain);
        DriverManager.getConnection("jdbc:waybill:h2:mem:", properties("waybill.agent", "off", "user", "sa")).close();
    }

    // ---- data source ----

    @Test
    void dataSourceConnectsAsTheDriverDoes() throws SQLException {
        WaybillDataSource source = new WaybillDataSource();
        source.setUrl("jdbc:waybill:h2:mem:source");
        source.setUser("sa");
        source.setPassword("");
        source.setProperties(properties("waybill.agent", "off", "MODE", "PostgreSQL"));
        try (Connection connection = source.getConnection(); Connection other = source.getConnection("sa", "")) {
            assertThat(connection.getMetaData().getURL()).isEqualTo("jdbc:h2:mem:source");
            assertThat(other.isWrapperFor(WaybillConnection.class)).isTrue();
        }
        assertThat(source.unwrap(DataSource.class)).isSameAs(source);
        assertThatThrownBy(() -> source.unwrap(Connection.class)).isInstanceOf(SQLException.class);
    }

    @Test
    void dataSourceWithoutAUrlOfOursIsRefused() {
        WaybillDataSource source = new WaybillDataSource();
        assertRefused(WaybillError.URL_REFUSED, source::getConnection);
        source.setUrl("jdbc:h2:mem:");
        assertRefused(WaybillError.URL_REFUSED, source::getConnection);
    }

    private static void assertRefused(WaybillError error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(error.is(refused)).as(refused.getMessage()).isTrue());
    }

    private static Properties properties(String... pairs) {
        Properties properties = new Properties();
        for (int i = 0; i < pairs.length; i += 2) {
            properties.setProperty(pairs[i], pairs[i + 1]);
        }
        return properties;
    }
}
