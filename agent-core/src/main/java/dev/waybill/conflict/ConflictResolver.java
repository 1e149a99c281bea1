// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Decides conflicts by code of the application's: {@code CONFLICT RESOLVER 'com.example.MyResolver'}, a class with a public constructor without parameters, found by the thread's class loader, or one that is registered for {@code ServiceLoader}.
 * One object for each article of an agent; called by that agent's thread alone.
 */
public interface ConflictResolver {

    /**
     * Decides one conflict.
     *
     * @param connection of the transaction that applies: may be read by; must not be committed, rolled back or closed. What is written by it is not replicated
     * @return what becomes of the row; not null
     * @throws SQLException nothing of the transaction is applied, and its stream stops until this passes
     */
    Resolution resolve(Conflict conflict, Connection connection) throws SQLException;
}
