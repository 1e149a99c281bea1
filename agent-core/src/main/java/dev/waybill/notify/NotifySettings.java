// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All settings as they are at one moment. Immutable; any thread.
 *
 * @param wrong    what cannot be understood, by the name of its notifier
 * @param listener of the listener beside the agent
 */
record NotifySettings(Map<String, NotifierSettings> notifiers, Map<String, GatewaySettings> gateways, Map<String, String> wrong, Map<String, String> listener) {

    /** A row of {@code waybill.notify_setting}. */
    record Row(String component, String name, String property, String setting) {

        boolean isSameProperty(Row other) {
            return component.equals(other.component) && name.equals(other.name) && property.equals(other.property);
        }
    }

    static NotifySettings of(List<Row> rows) {
        Map<String, Map<String, String>> notifiers = new TreeMap<>();
        Map<String, Map<String, String>> gateways = new TreeMap<>();
        Map<String, String> listener = new HashMap<>();
        Map<String, String> wrong = new TreeMap<>();
        for (GatewaySettings.Kind kind : GatewaySettings.Kind.values()) {
            gateways.put(kind.usual(), new HashMap<>());
        }
        for (Row row : rows) {
            switch (row.component()) {
                case "Notifier" -> notifiers.computeIfAbsent(row.name(), name -> new HashMap<>()).put(row.property(), row.setting());
                case "Gateway" -> gateways.computeIfAbsent(row.name(), name -> new HashMap<>()).put(row.property(), row.setting());
                case "Listener" -> listener.put(row.property(), row.setting());
                default -> wrong.put(row.component(), "\"" + row.component() + "\" is none of Notifier, Gateway, Listener");
            }
        }
        Map<String, GatewaySettings> readGateways = new HashMap<>();
        gateways.forEach((name, settings) -> understand(wrong, name, () -> readGateways.put(name, GatewaySettings.of(name, settings))));
        Map<String, NotifierSettings> readNotifiers = new TreeMap<>();
        notifiers.forEach((name, settings) -> understand(wrong, name, () -> readNotifiers.put(name, NotifierSettings.of(name, settings))));
        return new NotifySettings(Map.copyOf(readNotifiers), Map.copyOf(readGateways), Map.copyOf(wrong), Map.copyOf(listener));
    }

    private static void understand(Map<String, String> wrong, String name, Runnable reading) {
        try {
            reading.run();
        } catch (IllegalArgumentException unreadable) {
            wrong.put(name, unreadable.getMessage());
        }
    }

    /** By which gateways a request goes; none where its gateway is not there or not enabled. */
    Route route(PushRequest request, AddressBook addresses) {
        GatewaySettings named = gateways.get(request.gateway());
        if (named == null || !named.enabled()) {
            return new Route(List.of(), 0, null);
        }
        List<String> ways = new ArrayList<>();
        if (named.kind() == GatewaySettings.Kind.TRACKER) {
            for (String name : named.subordinates()) {
                GatewaySettings way = gateways.get(name);
                if (way != null && way.enabled() && addresses.mayReach(request.address(), way.kind())) {
                    ways.add(name);
                }
            }
        } else {
            ways.add(named.name());
        }
        int automatic = ways.size();
        if (named.secondary() != null && gateways.containsKey(named.secondary())) {
            ways.add(named.secondary());
        }
        return new Route(ways, automatic, named.confirmWithin());
    }
}
