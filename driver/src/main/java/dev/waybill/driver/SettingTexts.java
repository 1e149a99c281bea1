// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.driver.setting.Setting;
import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.Secrets;
import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Where the texts of settings come from: the connection's properties before system properties before a file. Names beginning with {@code waybill.test.} belong to our own tests. Stateless; any thread.
 */
final class SettingTexts {

    private static final String OF_TESTS = "waybill.test.";

    private SettingTexts() {}

    /** The settings for a connection with these properties, in a process with these system properties and this working directory. */
    static WaybillSettings read(Properties info, Properties system, Path directory) throws SQLException {
        Map<String, String> texts = new TreeMap<>();
        collect(system, texts);
        collect(info, texts);
        String named = texts.get(Setting.FILE.key());
        Path file = directory.resolve(named == null ? Setting.FILE.defaultText() : named);
        if (named == null && !Files.exists(file)) {
            return WaybillSettings.of(texts);
        }
        Map<String, String> all = new TreeMap<>(inFile(file));
        all.putAll(texts);
        return WaybillSettings.of(all);
    }

    /** What the real driver gets: the same object when there is nothing of ours in it. */
    static Properties without(Properties info) {
        if (info.keySet().stream().noneMatch(SettingTexts::isOurs) && info.stringPropertyNames().stream().noneMatch(SettingTexts::isOurs)) {
            return info;
        }
        Properties rest = new Properties();
        info.stringPropertyNames().stream().filter(name -> !isOurs(name)).forEach(name -> rest.setProperty(name, info.getProperty(name)));
        info.forEach((key, value) -> {
            if (!isOurs(key)) {
                rest.put(key, value);
            }
        });
        return rest;
    }

    /** A URL as error texts may show it: up to where parameters begin, since these may hold a password, and without those before it. */
    static String shown(String url) {
        return Secrets.hidden(url.split("[;?]", 2)[0]);
    }

    private static boolean isOurs(Object key) {
        return key instanceof String name && name.startsWith(Setting.PREFIX);
    }

    private static void collect(Properties properties, Map<String, String> texts) {
        for (String name : properties.stringPropertyNames()) {
            if (isOurs(name) && !name.startsWith(OF_TESTS)) {
                texts.put(name, properties.getProperty(name));
            }
        }
    }

    private static Map<String, String> inFile(Path file) throws SQLException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw WaybillError.SETTINGS_FILE.because(unreadable, file.toAbsolutePath(), unreadable.toString());
        }
        Map<String, String> texts = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> texts.put(name, properties.getProperty(name)));
        return texts;
    }
}
