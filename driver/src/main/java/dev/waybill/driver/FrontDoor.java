// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.aftercommit.JobConnections;
import dev.waybill.agent.RawConnections;
import dev.waybill.driver.capture.CaptureSource;
import dev.waybill.driver.capture.CapturingSource;
import dev.waybill.driver.proxy.Facets;
import dev.waybill.driver.proxy.Proxies;
import dev.waybill.driver.setting.Setting;
import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.sql.XAConnection;
import javax.sql.XADataSource;

/** From a URL of ours to a connection of ours. Any thread. */
final class FrontDoor {

    private final Proxies proxies = new Proxies();
    private final CaptureSource source = new CapturingSource(InstantSource.system());
    private final Facets facets = new WaybillFacet();
    private final OneCopy copy = new OneCopy();
    private final BesideAgents agents = BesideAgents.ofThisProcess();

    Connection connect(String url, Properties info) throws SQLException {
        String realUrl = realUrl(url);
        WaybillSettings settings = SettingTexts.read(info, System.getProperties(), Path.of(""));
        Properties realInfo = SettingTexts.without(info);
        for (Driver driver : drivers(realUrl)) {
            Connection raw = driver.connect(realUrl, realInfo);
            if (raw != null) {
                return ours(raw, realUrl, settings, new Logins(driver, realUrl, realInfo));
            }
        }
        throw RealDrivers.missing(realUrl);
    }

    /** How the application connects, as itself or as somebody else. */
    private record Logins(Driver driver, String realUrl, Properties realInfo) implements RawConnections {

        @Override
        public Connection open() throws SQLException {
            return driver.connect(realUrl, realInfo);
        }

        private RawConnections of(String user, String password) {
            Properties other = new Properties();
            other.putAll(realInfo);
            other.setProperty("user", user);
            other.setProperty("password", password);
            return () -> driver.connect(realUrl, other);
        }
    }

    private Connection ours(Connection raw, String realUrl, WaybillSettings settings, Logins more) throws SQLException {
        return proxies.connect(raw, realUrl, settings, source.besides(more::open), facets, opened -> told(opened, settings, more, new Jobs(realUrl, settings, more)));
    }

    /** Connections of ours of which nobody is told. */
    private final class Jobs implements JobConnections {

        private final String realUrl;
        private final WaybillSettings settings;
        private final Logins more;

        private Jobs(String realUrl, WaybillSettings settings, Logins more) {
            this.realUrl = realUrl;
            this.settings = settings;
            this.more = more;
        }

        @Override
        public Connection open() throws SQLException {
            return open(more);
        }

        @Override
        public Connection open(String user, String password) throws SQLException {
            return open(more.of(user, password));
        }

        private Connection open(RawConnections login) throws SQLException {
            return proxies.connect(login.open(), realUrl, settings, source.besides(login::open), facets);
        }
    }

    private Runnable told(Connection opened, WaybillSettings settings, RawConnections more, JobConnections jobs) throws SQLException {
        Runnable claim = copy.claim(opened, BesideAgents.dialect(opened));
        try {
            Runnable agent = agents.opened(opened, settings, more, jobs);
            return () -> {
                agent.run();
                claim.run();
            };
        } catch (SQLException | RuntimeException | Error failed) {
            claim.run();
            throw failed;
        }
    }

    /** As {@link #connect}, for distributed transactions. */
    XAConnection connectXa(String url, Properties info) throws SQLException {
        String realUrl = realUrl(url);
        WaybillSettings settings = SettingTexts.read(info, System.getProperties(), Path.of(""));
        Properties realInfo = SettingTexts.without(info);
        Driver driver = drivers(realUrl).get(0);
        XADataSource real = XaSources.of(realUrl, driver);
        String user = realInfo.getProperty("user");
        XAConnection raw = user == null ? real.getXAConnection() : real.getXAConnection(user, realInfo.getProperty("password", ""));
        try {
            return new WaybillXaConnection(raw, ours(XaSources.below(raw.getConnection()), realUrl, settings, new Logins(driver, realUrl, realInfo)), XaSources.closesAtEnd(realUrl));
        } catch (SQLException | RuntimeException | Error failed) {
            raw.close();
            throw failed;
        }
    }

    DriverPropertyInfo[] propertyInfo(String url, Properties info) throws SQLException {
        String realUrl = realUrl(url);
        List<DriverPropertyInfo> all = new ArrayList<>(List.of(drivers(realUrl).get(0).getPropertyInfo(realUrl, SettingTexts.without(info))));
        for (Setting setting : Setting.values()) {
            DriverPropertyInfo one = new DriverPropertyInfo(setting.key(), info.getProperty(setting.key(), setting.defaultText()));
            one.description = setting.description();
            one.choices = setting.choices().isEmpty() ? null : setting.choices().toArray(String[]::new);
            all.add(one);
        }
        return all.toArray(DriverPropertyInfo[]::new);
    }

    void forget() {
        copy.forget();
        proxies.forget();
    }

    private static List<Driver> drivers(String realUrl) throws SQLException {
        List<Driver> found = RealDrivers.accepting(realUrl);
        if (found.isEmpty()) {
            throw RealDrivers.missing(realUrl);
        }
        return found;
    }

    /** Only the prefix is exchanged; what follows it may contain it again, as a file name say. */
    private static String realUrl(String url) throws SQLException {
        String realUrl = "jdbc:" + url.substring(WaybillDriver.PREFIX.length());
        if (realUrl.startsWith(WaybillDriver.PREFIX)) {
            throw WaybillError.URL_NESTED.with(SettingTexts.shown(url));
        }
        return realUrl;
    }
}
