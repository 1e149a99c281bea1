// SPDX-License-Identifier: Apache-2.0
package dev.waybill.rights;

import java.sql.Connection;
import java.sql.SQLException;

/** Finds out what a sender may write, in the transaction in which he is about to. */
@FunctionalInterface
public interface SenderRights {

    /** Everybody may write everything but our own tables: for a database in which nobody is below. */
    SenderRights TRUSTING = (raw, sender) -> Rights.ALL;

    /** Those of this sender now. */
    Rights of(Connection raw, String sender) throws SQLException;
}
