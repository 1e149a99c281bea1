// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was recorded at each savepoint. On H2 savepoints of JDBC and of SQL text share one name space, a new one of the same name takes the place of the old, and rolling back keeps later ones (which then go back no further). Used
 * under the connection's lock.
 */
final class Savepoints {

    private final Map<String, Recorder.Mark> marks = new LinkedHashMap<>();

    /** The name that H2 gives a savepoint of JDBC. */
    static String key(Savepoint savepoint) throws SQLException {
        try {
            return savepoint.getSavepointName();
        } catch (SQLException unnamed) {
            return "SYSTEM_SAVEPOINT_" + savepoint.getSavepointId();
        }
    }

    void set(String name, Recorder.Mark mark) {
        marks.remove(name);
        marks.put(name, mark);
    }

    /** The database has rolled back to it: so does the record. */
    void rolledBack(String name, Recorder recorder) {
        Recorder.Mark mark = marks.get(name);
        if (mark == null) {
            if (recorder.isBegun()) {
                recorder.fail(new IllegalStateException("savepoint " + name + " was set in a way that could not be seen"));
            }
            return;
        }
        recorder.rewind(mark);
        boolean later = false;
        for (Map.Entry<String, Recorder.Mark> entry : marks.entrySet()) {
            if (later) {
                entry.setValue(mark);
            }
            later |= entry.getKey().equals(name);
        }
    }

    void clear() {
        if (!marks.isEmpty()) {
            marks.clear();
        }
    }
}
