// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.TableShape;
import dev.waybill.publication.Owed.Claim;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is left of tables for those who get certain publications, worked out once for each shape. Bounded. One thread. */
final class Projections {

    private static final int KEPT = 1_000;

    private final CatalogueHistory history;
    private final Map<TableShape, Optional<Projection>> known = new IdentityHashMap<>();
    private final boolean upward;
    private Set<Claim> claims = Set.of();

    /** @param upward whether the consolidated database gets them, which verifies old values */
    Projections(CatalogueHistory history, boolean upward) {
        this.history = history;
        this.upward = upward;
    }

    /** From now on for these. */
    void use(Set<Claim> others) {
        if (!claims.equals(others)) {
            claims = others;
            known.clear();
        }
    }

    /** Whether the table is left as it is. */
    boolean isSame(Connection raw, TableShape table) throws SQLException {
        Projection projection = of(raw, table);
        return projection != null && projection.isSame();
    }

    /** Null when nothing of the table is left. */
    Projection of(Connection raw, TableShape table) throws SQLException {
        Optional<Projection> projection = known.get(table);
        if (projection == null) {
            projection = Optional.ofNullable(Projection.of(table, history.at(raw, table.version()), claims, upward));
            if (known.size() >= KEPT) {
                known.clear();
            }
            known.put(table, projection);
        }
        return projection.orElse(null);
    }
}
