// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

/** How waits of one session for another are seen, and ended from a third one, where a database sets them no bound by itself. Stateless; any thread. */
public interface Waits {

    /** The number of this session. */
    long session(Connection raw) throws SQLException;

    /** Who waits, and for which sessions. */
    Map<Long, Set<Long>> now(Connection raw) throws SQLException;

    /**
     * Ends the statement in which a session waits: it fails with an error that is TRANSIENT, and its transaction stays open as it was before that statement. Of a session that waits no more the next statement may fail so instead. A wait of
     * a definition for all others to end goes on.
     */
    void end(Connection raw, long session) throws SQLException;
}
