// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.publication.Catalogue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The published tables of an H2 database. All of them are asked for at once: H2 2.4 makes the rows of a view of INFORMATION_SCHEMA for all tables of the database whichever is wanted, other versions only for those that are named. Used while
 * one book of plans is made.
 */
final class H2TableFacts {

    private final H2FactsReader database;
    private final Catalogue catalogue;
    private final Map<TableName, Columns> tables = new HashMap<>();

    H2TableFacts(H2FactsReader database, Catalogue catalogue) {
        this.database = database;
        this.catalogue = catalogue;
    }

    /** What is known of one while the rows come. */
    private static final class Columns {
        private final List<String> names = new ArrayList<>();
        private final Set<String> changing = new HashSet<>();
        private final Map<String, ColumnFacts> facts = new HashMap<>();
        private final Map<String, List<String>> uniqueKeys = new LinkedHashMap<>();
        private String identity;

        void add(String column, ResultSet row) throws SQLException {
            boolean generated = !row.getString(4).equals("NEVER");
            boolean isIdentity = row.getString(6).equals("YES");
            names.add(column);
            facts.put(column, new ColumnFacts(!generated && !isIdentity && !row.getBoolean(9) && row.getString(10) == null, row.getString(7).equals("YES"), row.getString(8) != null));
            identity = isIdentity ? column : identity;
            if (generated || row.getString(5) != null) {
                changing.add(column);
            }
        }
    }

    Map<TableName, CapturedTable> read() throws SQLException {
        Set<TableName> published = catalogue.publishedTables();
        published.forEach(name -> tables.put(name, new Columns()));
        String[] names = published.stream().map(TableName::name).distinct().toArray(String[]::new);
        String within = " WHERE TABLE_NAME IN (" + String.join(", ", Collections.nCopies(names.length, "?")) + ")";
        database.read("SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, IS_GENERATED, COLUMN_ON_UPDATE, IS_IDENTITY, IS_NULLABLE, COLUMN_DEFAULT, DEFAULT_ON_NULL, DOMAIN_NAME FROM INFORMATION_SCHEMA.COLUMNS"
                + within + " ORDER BY ORDINAL_POSITION", row -> {
            Columns table = table(row);
            if (table != null) {
                table.add(row.getString(3), row);
            }
        }, names);
        database.read("SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.INDEX_COLUMNS" + within + " AND IS_UNIQUE ORDER BY INDEX_NAME, ORDINAL_POSITION", row -> {
            Columns table = table(row);
            if (table != null) {
                table.uniqueKeys.computeIfAbsent(row.getString(3), index -> new ArrayList<>()).add(row.getString(4));
            }
        }, names);
        Map<TableName, CapturedTable> captured = new HashMap<>();
        tables.forEach((name, table) -> captured.put(name, new CapturedTable(catalogue.captured(name), table.names, table.changing, table.identity, table.facts, List.copyOf(table.uniqueKeys.values()))
                .watching(catalogue.watchedNames(name), catalogue.isSettled(name))));
        return captured;
    }

    /** The published table of this row; null where another schema has one of its name. */
    private Columns table(ResultSet row) throws SQLException {
        return tables.get(new TableName(row.getString(1), row.getString(2)));
    }
}
