// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import java.sql.SQLException;

/** Finds the columns that a condition names. */
@FunctionalInterface
public interface Columns {

    /**
     * The column with its name as the database keeps it, its type, and how its text is compared.
     *
     * @throws SQLException there is none, or its text is compared in a way that is not known for certain
     */
    Term.Column find(Term.Column written) throws SQLException;
}
