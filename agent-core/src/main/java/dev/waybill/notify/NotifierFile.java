// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a file of settings as MobiLink's server takes it ({@code -notifier file}). Stateless; any thread. */
final class NotifierFile {

    private static final Pattern KEY = Pattern.compile("(Notifier|Gateway|SYNC|UDP|SMTP|DeviceTracker|Listener)(?:\\(([^()]{1,128})\\))?\\.([a-z_]{1,128})");

    private NotifierFile() {}

    /** @throws IllegalArgumentException a line means nothing here */
    static List<NotifySettings.Row> read(Properties file) {
        Map<String, NotifySettings.Row> rows = new LinkedHashMap<>();
        for (String line : new TreeSet<>(file.stringPropertyNames())) {
            Matcher key = KEY.matcher(line);
            if (!key.matches() || key.group(2) == null != key.group(1).equals("Listener")) {
                throw new IllegalArgumentException("\"" + line + "\" is not written as Notifier(name).property, UDP(name).property (or SYNC, SMTP, DeviceTracker, Gateway), Listener.property");
            }
            String kind = key.group(1);
            boolean gateway = !kind.equals("Notifier") && !kind.equals("Listener");
            String name = key.group(2) == null ? "" : key.group(2);
            rows.put(line, new NotifySettings.Row(gateway ? "Gateway" : kind, name, key.group(3), file.getProperty(line)));
            if (gateway && !kind.equals("Gateway") && !name.startsWith("Default-")) {
                rows.put(kind + name, new NotifySettings.Row("Gateway", name, "class", kind.equals("DeviceTracker") ? "TRACKER" : kind));
            }
        }
        return List.copyOf(rows.values());
    }
}
