// SPDX-License-Identifier: Apache-2.0
package dev.waybill.tentative;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Decides whether what a replica has saved is carried out here: a class that is registered as a remote procedure ({@code CREATE REMOTE PROCEDURE check_order CLASS 'com.example.CheckOrder'}) and named by {@code GRANT PROPAGATE TO branch
 * VALIDATOR check_order}. A public constructor without parameters; made anew for each transaction; used by one thread.
 */
@FunctionalInterface
public interface TransactionValidator {

    /**
     * Decides; called before the statements run, in their transaction.
     *
     * @param connection of our driver, in the transaction in which the statements will run: what is written goes with it
     * @throws SQLException an error, of which the transaction's mode decides; one that passes by itself lets it be tried again
     */
    Verdict validate(Connection connection, TentativeTransaction transaction) throws SQLException;
}
