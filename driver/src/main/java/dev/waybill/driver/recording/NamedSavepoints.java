// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.recording;

import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What was recorded at each savepoint. On H2 savepoints of JDBC and of SQL text share one name space, and a new one of the same name takes the place of the old.
 *
 * <p>Rolling back destroys the savepoints set after that one, says the standard; H2 lets them stay and go back to a place counted in changes, which nobody can mean. As soon as something is recorded such a savepoint is refused,
 * because our own rows count there too. Used under the connection's lock.
 */
public final class NamedSavepoints implements Savepoints {

    private final Map<String, Recorder.Mark> marks = new LinkedHashMap<>();
    private final Set<String> destroyed = new HashSet<>();

    /** The name that H2 gives a savepoint of JDBC. */
    @Override
    public String key(Savepoint savepoint) throws SQLException {
        try {
            return savepoint.getSavepointName();
        } catch (SQLException unnamed) {
            return "SYSTEM_SAVEPOINT_" + savepoint.getSavepointId();
        }
    }

    @Override
    public void set(String name, Recorder.Mark mark) {
        marks.remove(name);
        destroyed.remove(name);
        marks.put(name, mark);
    }

    @Override
    public void refuseDestroyed(String name, Recorder recorder) throws SQLException {
        if (destroyed.contains(name) && recorder.isBegun()) {
            throw WaybillError.SAVEPOINT_GONE.with(name);
        }
    }

    @Override
    public void rolledBack(String name, Recorder recorder) {
        Recorder.Mark mark = marks.get(name);
        if (mark == null) {
            if (recorder.isBegun()) {
                recorder.fail(new IllegalStateException("savepoint " + name + " was set in a way that could not be seen"));
            }
            return;
        }
        recorder.rewind(mark);
        boolean later = false;
        for (String other : marks.keySet()) {
            if (later) {
                destroyed.add(other);
            }
            later |= other.equals(name);
        }
    }

    @Override
    public void clear() {
        if (!marks.isEmpty()) {
            marks.clear();
            destroyed.clear();
        }
    }
}
