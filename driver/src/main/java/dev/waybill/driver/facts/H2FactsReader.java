// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.driver.facts.DatabaseFacts.DatabaseObject;
import dev.waybill.publication.Catalogue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@link DatabaseFacts} from H2's INFORMATION_SCHEMA. Used while one book of plans is made. */
public final class H2FactsReader {

    /** H2 with a heap of 26 megabytes. */
    private static final int SURE_ROWS = 1_000;

    private final Connection raw;
    private final Catalogue catalogue;
    private final Set<TableName> received;
    private final Set<TableName> links = new HashSet<>();

    public H2FactsReader(Connection raw, Catalogue catalogue, Set<TableName> received) {
        this.received = received;
        this.raw = raw;
        this.catalogue = catalogue;
    }

    /**
     * The facts under this catalogue.
     *
     * @param temporary whether this session's temporary tables count
     */
    public DatabaseFacts read(boolean temporary) throws SQLException {
        Set<TableName> published = catalogue.publishedTables();
        if (published.isEmpty()) {
            return DatabaseFacts.nothingPublished(catalogue.version(), catalogue.publisher(), received.isEmpty() ? Map.of() : DatabaseFacts.byName(objects(temporary)), received);
        }
        Map<TableName, CapturedTable> captured = new H2TableFacts(this, catalogue).read();
        List<DatabaseObject> objects = objects(temporary);
        H2HiddenWrites hidden = new H2HiddenWrites(this, links).read();
        return new DatabaseFacts(catalogue.version(), catalogue.publisher(), captured, DatabaseFacts.byName(objects), hidden.tables(), new H2ForeignKeys(this).read(), hidden.names(), received, sureRows());
    }

    /** As many as H2 keeps in memory: 40,000 for each gigabyte of the heap of its process, which need not be this one, or what is set. */
    private int sureRows() throws SQLException {
        int[] rows = {SURE_ROWS};
        read("SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'MAX_MEMORY_ROWS'", row -> rows[0] = Math.min(SURE_ROWS, row.getInt(1)));
        return rows[0];
    }

    private List<DatabaseObject> objects(boolean temporary) throws SQLException {
        List<DatabaseObject> objects = new ArrayList<>();
        read("SELECT TABLE_SCHEMA, TABLE_NAME, STORAGE_TYPE FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA <> 'INFORMATION_SCHEMA'", row -> {
            if (row.getString(3).equals("TABLE LINK")) {
                links.add(new TableName(row.getString(1), row.getString(2)));
            }
            if (temporary || !row.getString(3).equals("LOCAL TEMPORARY")) {
                objects.add(new DatabaseObject(new TableName(row.getString(1), row.getString(2)), null));
            }
        });
        read("SELECT SYNONYM_SCHEMA, SYNONYM_NAME, SYNONYM_FOR_SCHEMA, SYNONYM_FOR FROM INFORMATION_SCHEMA.SYNONYMS", row ->
                objects.add(new DatabaseObject(new TableName(row.getString(1), row.getString(2)), new TableName(row.getString(3), row.getString(4)))));
        return objects;
    }

    void read(String sql, RowReader reader, String... values) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.accept(rows);
                }
            }
        }
    }

    @FunctionalInterface
    interface RowReader {
        void accept(ResultSet row) throws SQLException;
    }
}
