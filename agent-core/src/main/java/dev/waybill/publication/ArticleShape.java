// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.JdbcName;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Term;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A table as a statement names it becomes the table as an article holds it: names as the database keeps them, the chosen columns in the table's order, the key always. */
final class ArticleShape {

    private ArticleShape() {}

    /**
     * @param siblings the publication's other articles, those that this one follows before it
     * @throws SQLException TABLE_UNKNOWN, TABLE_NOT_PUBLISHABLE, COLUMN_UNKNOWN, CONDITION_REFUSED, AUDIENCE_REFUSED, and the dialect's own for a table without a key, or a chosen column that cannot travel
     */
    static Article of(Connection raw, Dialect dialect, TableReference reference, long version, AudienceShape.Siblings siblings) throws SQLException {
        TableName name = name(raw, dialect, reference);
        Set<String> chosen = reference.columns().stream().map(column -> kept(dialect, column)).collect(Collectors.toSet());
        Set<String> asked = new HashSet<>(chosen);
        if (reference.condition() != null) {
            reference.condition().columns(column -> asked.add(kept(dialect, identifier(column))));
        }
        if (reference.subscribeBy() != null) {
            asked.add(kept(dialect, reference.subscribeBy()));
        }
        WrittenAudience audience = reference.audience();
        if (audience != null) {
            audience.columns().forEach(column -> asked.add(kept(dialect, column)));
            audience.joins().forEach(join -> asked.add(kept(dialect, join.own())));
        }
        TableDefinition found = name.isOurs() ? null : dialect.describe(raw, name.schema(), name.name(), column -> !chosen.isEmpty() && !asked.contains(column));
        if (found == null) {
            throw notFound(raw, dialect, name);
        }
        Condition condition = reference.condition() == null ? null : reference.condition().resolved(written -> found(raw, dialect, found.shape(), written));
        TableShape chosenShape = chosen(dialect, reference, found.shape(), version);
        return new Article(chosenShape, condition, subscribeBy(raw, dialect, found.shape(), reference.subscribeBy()), audience == null ? null : new AudienceShape(raw, dialect, found).of(audience, siblings), reference.clauses().found(written -> expectColumn(chosenShape, kept(dialect, written))));
    }

    /** The column after SUBSCRIBE BY, which has to be one that is compared exactly. */
    private static Term.Column subscribeBy(Connection raw, Dialect dialect, TableShape whole, Identifier written) throws SQLException {
        if (written == null) {
            return null;
        }
        Term.Column column = found(raw, dialect, whole, Term.Column.written(written.text(), written.quoted(), 0));
        column.expectExact();
        return column;
    }

    /** A column that a condition names. */
    static Term.Column found(Connection raw, Dialect dialect, TableShape whole, Term.Column written) throws SQLException {
        String name = kept(dialect, identifier(written));
        ColumnShape column = whole.columns().stream().filter(known -> known.name().equals(name)).findFirst().orElseThrow(() -> unknown(name, whole));
        boolean text = column.type().type() == SqlType.CHAR || column.type().type() == SqlType.VARCHAR;
        return written.found(name, column.type(), text ? dialect.textRule(raw, TableName.of(whole), column) : null);
    }

    private static Identifier identifier(Term.Column written) {
        return new Identifier(written.name(), written.quoted());
    }

    private static String expectColumn(TableShape article, String name) throws SQLException {
        if (article.columns().stream().noneMatch(column -> column.name().equals(name))) {
            throw unknown(name, article);
        }
        return name;
    }

    private static SQLException unknown(String column, TableShape whole) {
        return WaybillError.COLUMN_UNKNOWN.with(column, whole.qualifiedName(), String.join(", ", whole.columns().stream().map(ColumnShape::name).toList()));
    }

    /** The table that is meant, by the names that the database keeps. */
    static TableName name(Connection raw, Dialect dialect, TableReference reference) throws SQLException {
        String schema = reference.schema() == null ? dialect.currentSchema(raw) : kept(dialect, reference.schema());
        return new TableName(schema, kept(dialect, reference.table()));
    }

    static String kept(Dialect dialect, Identifier identifier) {
        return identifier.quoted() ? identifier.text() : dialect.fold(identifier.text());
    }

    private static TableShape chosen(Dialect dialect, TableReference reference, TableShape whole, long version) throws SQLException {
        Set<String> wanted = new LinkedHashSet<>();
        for (Identifier column : reference.columns()) {
            String name = kept(dialect, column);
            if (whole.columns().stream().noneMatch(known -> known.name().equals(name))) {
                throw unknown(name, whole);
            }
            if (!wanted.add(name)) {
                throw WaybillError.COLUMN_TWICE.with(name, whole.qualifiedName());
            }
        }
        List<ColumnShape> columns = new ArrayList<>();
        int[] place = new int[whole.columns().size()];
        for (int i = 0; i < place.length; i++) {
            place[i] = columns.size();
            if (wanted.isEmpty() || wanted.contains(whole.columns().get(i).name()) || whole.key().contains(i)) {
                columns.add(whole.columns().get(i));
            }
        }
        return new TableShape(whole.schema(), whole.name(), version, columns, whole.key().stream().map(index -> place[index]).toList());
    }

    static SQLException notFound(Connection raw, Dialect dialect, TableName table) throws SQLException {
        if (table.isOurs()) {
            return WaybillError.TABLE_NOT_PUBLISHABLE.with(table, "it belongs to Waybill");
        }
        DatabaseMetaData metadata = raw.getMetaData();
        String escape = metadata.getSearchStringEscape();
        JdbcName where = dialect.jdbcName(raw, table.schema());
        try (ResultSet rows = metadata.getTables(where.catalog(), where.schema() == null ? null : escaped(where.schema(), escape), escaped(table.name(), escape), null)) {
            return rows.next() ? WaybillError.TABLE_NOT_PUBLISHABLE.with(table, "it is no ordinary table of this database but a " + rows.getString("TABLE_TYPE"))
                    : WaybillError.TABLE_UNKNOWN.with(table);
        }
    }

    private static String escaped(String name, String escape) {
        return name.replace(escape, escape + escape).replace("_", escape + "_").replace("%", escape + "%");
    }
}
