// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a gateway works. Immutable; any thread.
 *
 * @param confirmWithin a listener has to confirm within this time; null: nobody has to
 * @param properties    what its kind has besides
 */
record GatewaySettings(String name, Kind kind, boolean enabled, Duration confirmWithin, NotifyProperties properties) {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Set<String> OF_ALL = Set.of("class", "enable", "confirm_delivery", "confirm_timeout", "secondary");

    /** How notices travel. */
    enum Kind {
        /** By the connection that the listener holds to the head office. */
        SYNC(true, Set.of("secret")),
        /** By datagrams. */
        UDP(false, Set.of("secret", "port", "sender_port")),
        /** By mail. */
        SMTP(false, Set.of("smtp_host", "smtp_port", "smtp_userid", "smtp_password", "security", "certificate", "sender")),
        /** By those of its three subordinates by which the listener can be reached, one after the other. */
        TRACKER(true, Set.of("sync_gateway", "udp_gateway", "smtp_gateway"));

        private final boolean confirms;
        private final Set<String> properties;

        Kind(boolean confirms, Set<String> properties) {
            this.confirms = confirms;
            this.properties = properties;
        }

        /** The gateway of this kind that is there without being made. */
        String usual() {
            return this == TRACKER ? "Default-DeviceTracker" : "Default-" + name();
        }
    }

    /** @throws IllegalArgumentException a setting is wrong; the text says which */
    static GatewaySettings of(String name, Map<String, String> settings) {
        NotifyProperties all = new NotifyProperties("gateway " + name, settings);
        Kind kind = kind(name, all);
        Set<String> known = new TreeSet<>(OF_ALL);
        known.addAll(kind.properties);
        all.expectOnly(known);
        boolean confirmed = all.flag("confirm_delivery", kind.confirms) && kind != Kind.SMTP;
        return new GatewaySettings(name, kind, all.flag("enable", true), confirmed ? all.time("confirm_timeout", MINUTE, MINUTE) : null, all);
    }

    private static Kind kind(String name, NotifyProperties all) {
        for (Kind kind : Kind.values()) {
            String said = all.text("class");
            if (said == null ? kind.usual().equals(name) : kind.name().equals(said.toUpperCase(Locale.ROOT))) {
                return kind;
            }
        }
        throw new IllegalArgumentException("gateway " + name + " has no class, or one that is none of SYNC, UDP, SMTP, TRACKER");
    }

    /** Of a tracker: the names of its subordinates, in the order in which they are tried. */
    List<String> subordinates() {
        return List.of(properties.text("sync_gateway", Kind.SYNC.usual()), properties.text("udp_gateway", Kind.UDP.usual()), properties.text("smtp_gateway", Kind.SMTP.usual()));
    }

    /** The gateway that follows when a handler says so; null for none. */
    String secondary() {
        return properties.text("secondary");
    }
}
