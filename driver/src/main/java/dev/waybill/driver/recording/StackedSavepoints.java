// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.recording;

import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Savepoints as the standard and PostgreSQL have them: a new one of the same name hides the older one until it is released; rolling back to one destroys those set after it, releasing one destroys it as well. What is destroyed the
 * database refuses itself. Used under the connection's lock.
 */
public final class StackedSavepoints implements Savepoints {

    private final String unnamed;
    private final List<Entry> entries = new ArrayList<>();

    /** @param unnamed what the driver's names for savepoints without one begin with */
    public StackedSavepoints(String unnamed) {
        this.unnamed = unnamed;
    }

    /** The name that the driver gives a savepoint of JDBC. */
    @Override
    public String key(Savepoint savepoint) throws SQLException {
        try {
            return savepoint.getSavepointName();
        } catch (SQLException unnamed) {
            return this.unnamed + savepoint.getSavepointId();
        }
    }

    @Override
    public void set(String name, Recorder.Mark mark) {
        entries.add(new Entry(name, mark));
    }

    @Override
    public void refuseDestroyed(String name, Recorder recorder) {
        // The database does.
    }

    @Override
    public void rolledBack(String name, Recorder recorder) {
        int at = last(name);
        if (at < 0) {
            if (recorder.isBegun()) {
                recorder.fail(new IllegalStateException("savepoint " + name + " was set in a way that could not be seen"));
            }
            return;
        }
        recorder.rewind(entries.get(at).mark);
        entries.subList(at + 1, entries.size()).clear();
    }

    @Override
    public void released(String name) {
        int at = last(name);
        if (at >= 0) {
            entries.subList(at, entries.size()).clear();
        }
    }

    private int last(String name) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).name.equals(name)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void clear() {
        entries.clear();
    }

    private record Entry(String name, Recorder.Mark mark) {}
}
