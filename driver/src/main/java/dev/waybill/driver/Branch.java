// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import java.sql.SQLException;

/** What a distributed transaction asks of capture on its connection; a facet that only this room can name. As thread-safe as the connection. */
interface Branch {

    /** A branch was started on the raw connection. */
    void started() throws SQLException;

    /** The branch is going to be prepared, or committed at once: what is captured goes into it now. When that fails, the raw connection was rolled back. */
    void ending() throws SQLException;

    /** The branch was prepared or committed, or rolled back. */
    void ended(boolean kept) throws SQLException;
}
