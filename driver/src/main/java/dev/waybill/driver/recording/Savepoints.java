// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.recording;

import java.sql.SQLException;
import java.sql.Savepoint;

/** What was recorded at each savepoint of the open transaction. Used under the connection's lock. */
public interface Savepoints {

    /** The name that the database itself gives a savepoint of JDBC. */
    String key(Savepoint savepoint) throws SQLException;

    /** A savepoint was set. */
    void set(String name, Recorder.Mark mark);

    /** SAVEPOINT_GONE for one that an earlier rollback has destroyed where the database would let it be used. */
    void refuseDestroyed(String name, Recorder recorder) throws SQLException;

    /** The database has rolled back to it: so does the record. */
    void rolledBack(String name, Recorder recorder);

    /** The database has released it. */
    default void released(String name) {
        // Where names are not stacked nothing else comes to light.
    }

    /** The transaction is over. */
    void clear();
}
