// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A procedure that neighbours may call, as code of the application's: {@code CREATE REMOTE PROCEDURE p CLASS 'com.example.P'}, a class with a public constructor without parameters, found by the thread's class loader, or one that is
 * registered for {@code ServiceLoader}. Made anew for each call; used by one thread.
 */
@FunctionalInterface
public interface RemoteProcedure {

    /**
     * Does the work of one call, in one transaction, which is committed when this returns and rolled back when it throws.
     *
     * @param connection of our driver, with auto-commit off, so that what is written is captured
     * @param arguments  Boolean, Long, Double, BigDecimal, String, {@code byte[]}, UUID, the local and offset types of {@code java.time}, or null
     * @return one value of these types, which the caller gets; null for none
     * @throws SQLException the caller gets its SQLState and text
     */
    Object call(Connection connection, List<Object> arguments) throws SQLException;
}
