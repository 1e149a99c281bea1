// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The definitions that were in force at each version of the catalogue: an entry is filtered under its own. Definitions never change, so what was read once stays true; the most recently used are kept. One agent, one thread.
 */
public final class CatalogueHistory {

    private static final int MOST_VERSIONS = 64;

    private final Dialect dialect;
    private final Map<Long, List<Publication>> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, List<Publication>> eldest) {
            return size() > MOST_VERSIONS;
        }
    };

    /** Of one incarnation of one database. */
    public CatalogueHistory(Dialect dialect) {
        this.dialect = dialect;
    }

    /** The publications in force at this version, with their articles. */
    public List<Publication> at(Connection raw, long version) throws SQLException {
        List<Publication> publications = known.get(version);
        if (publications == null) {
            publications = CatalogueStore.publicationsAt(raw, dialect, version);
            known.put(version, publications);
        }
        return publications;
    }
}
