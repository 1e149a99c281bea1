// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.sql.Connection;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a notifier works. Immutable; any thread.
 *
 * @param isolation    of its connection, as JDBC numbers it
 * @param events       what it has for its events: SQL, or {@code java:} and the name of a class; those of the usual notifier where it has no {@code request_cursor}
 * @param queryTimeout so long may a statement take
 * @param connect      the URL of another database that its events work on; null: this one
 * @param user         there; null: none is said
 * @param password     a reference to the password there; null: none
 */
record NotifierSettings(String name, boolean enabled, Duration pollEvery, int isolation, Map<NotifierEvent, String> events, Duration queryTimeout, String connect, String user, String password) {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int[] ISOLATIONS = {Connection.TRANSACTION_READ_UNCOMMITTED, Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE};

    /** All properties that a notifier may have. */
    static final Set<String> PROPERTIES = properties();

    NotifierSettings {
        events = Map.copyOf(events);
    }

    private static Set<String> properties() {
        Set<String> names = new TreeSet<>(Set.of("enable", "poll_every", "isolation", "query_timeout", "connect_string", "connect_user", "connect_password"));
        for (NotifierEvent event : NotifierEvent.values()) {
            names.add(event.property());
        }
        return Set.copyOf(names);
    }

    /** @throws IllegalArgumentException a setting is wrong; the text says which */
    static NotifierSettings of(String name, Map<String, String> settings) {
        NotifyProperties all = new NotifyProperties("notifier " + name, settings).expectOnly(PROPERTIES);
        Map<NotifierEvent, String> events = new EnumMap<>(NotifierEvent.class);
        for (NotifierEvent event : NotifierEvent.values()) {
            if (all.text(event.property()) != null) {
                events.put(event, all.text(event.property()));
            }
        }
        return new NotifierSettings(name, all.flag("enable", true), all.time("poll_every", SECOND, MINUTE), ISOLATIONS[all.number("isolation", 1, 0, 3)], events, all.time("query_timeout", SECOND, MINUTE), all.text("connect_string"),
                all.text("connect_user"), all.text("connect_password"));
    }

    /** Whether its requests are those of the table {@code waybill.push_request}. */
    boolean isUsual() {
        return !events.containsKey(NotifierEvent.REQUEST_CURSOR);
    }
}
