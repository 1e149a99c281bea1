// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.recording;

import dev.waybill.publication.Catalogue;
import java.sql.SQLException;
import java.util.UUID;

/** The end of a transaction on a database where writers of other processes meet a fence: it is asked after the last write. Used under the connection's lock. */
public interface FencedCommit extends AutoCloseable {

    /**
     * COMMIT with the last part.
     *
     * @param deferred whether a constraint may wait for COMMIT: what it waits for has to have happened before the part's entry id is drawn
     * @param buffer   has the part at its beginning, and is written over afterwards
     */
    void commit(Catalogue planned, boolean deferred, UUID transactionId, int part, byte[] buffer, int length) throws SQLException;

    /** COMMIT of a transaction that has written something, and recorded nothing. */
    void commit(Catalogue planned) throws SQLException;

    /** What comes before an end that is the application's own statement. */
    void check(Catalogue planned, boolean deferred) throws SQLException;

    @Override
    void close() throws SQLException;
}
