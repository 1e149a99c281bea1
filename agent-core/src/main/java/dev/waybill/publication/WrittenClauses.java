// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.conflict.Clauses;
import dev.waybill.conflict.ConflictPolicy;
import dev.waybill.conflict.Verification;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * VERIFY and CONFLICT as a statement has them.
 *
 * @param version  the column of VERIFY VERSION; otherwise null
 * @param conflict null where the clause is not there
 * @param columns  those of the policy
 * @param text     the class of RESOLVER, the statement of CALL; otherwise null
 */
public record WrittenClauses(Verification.Mode verify, Identifier version, ConflictPolicy.Kind conflict, List<Identifier> columns, String text) {

    /** Neither. */
    public static final WrittenClauses NONE = new WrittenClauses(Verification.Mode.NONE, null, null, List.of(), null);

    public WrittenClauses {
        columns = List.copyOf(columns);
    }

    /** The column of the article that is meant. */
    interface Finder {
        String name(Identifier written) throws SQLException;
    }

    /** By the names that the database keeps. */
    Clauses found(Finder finder) throws SQLException {
        List<String> names = new ArrayList<>();
        for (Identifier column : columns) {
            names.add(finder.name(column));
        }
        return new Clauses(new Verification(verify, version == null ? null : finder.name(version)), conflict == null ? null : new ConflictPolicy(conflict, names, text));
    }
}
