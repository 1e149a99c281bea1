// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One copy of this driver for each embedded database in a process. Writers to an embedded database learn of publications from one another, by what their copy of the driver keeps in memory; two copies, in two class loaders over one copy of the
 * database, would not hear of one another, and a write could fall between. On a server copies are like processes: the database's fence keeps them. Any thread.
 *
 * <p>They meet in the system properties, by texts: nothing of a copy is held. A claim ends with its last connection, or when the driver is deregistered.
 */
final class OneCopy {

    private static final Runnable NOTHING = () -> { };

    private final String name = System.identityHashCode(OneCopy.class.getClassLoader()) + "/" + System.identityHashCode(this);
    private final Map<String, Integer> connections = new HashMap<>();

    /**
     * This copy works on this database from now on.
     *
     * @param dialect null where there is none, and nothing is captured
     * @return to be run once the connection is closed; more than once does nothing more
     * @throws SQLException COPY_BESIDE when another copy does
     */
    Runnable claim(Connection raw, Dialect dialect) throws SQLException {
        if (dialect == null || !dialect.isEmbedded(raw) || dialect.hasFence()) {
            return NOTHING;
        }
        String key = "dev.waybill.copy:" + System.identityHashCode(raw.getClass().getClassLoader()) + ":" + dialect.databaseKey(raw);
        Properties meeting = System.getProperties();
        synchronized (meeting) {
            if (!name.equals(meeting.getProperty(key, name))) {
                throw WaybillError.COPY_BESIDE.with();
            }
            meeting.setProperty(key, name);
            connections.merge(key, 1, Integer::sum);
        }
        AtomicBoolean isGivenBack = new AtomicBoolean();
        return () -> {
            if (isGivenBack.compareAndSet(false, true)) {
                giveBack(key);
            }
        };
    }

    private void giveBack(String key) {
        Properties meeting = System.getProperties();
        synchronized (meeting) {
            if (connections.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1) == null && name.equals(meeting.getProperty(key))) {
                meeting.remove(key);
            }
        }
    }

    /** The driver is deregistered: its application goes, and another copy may come, whatever connections were left open. */
    void forget() {
        Properties meeting = System.getProperties();
        synchronized (meeting) {
            connections.keySet().forEach(meeting::remove);
            connections.clear();
        }
    }
}
