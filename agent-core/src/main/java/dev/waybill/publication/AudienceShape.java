// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.ValueKind;
import dev.waybill.dialect.Dialect.JdbcName;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Term;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** SUBSCRIBE BY of another table, as a statement names it, becomes what an article holds: names as the database keeps them, joins that every database decides alike. One article, one use. */
final class AudienceShape {

    private final Connection raw;
    private final Dialect dialect;
    private final TableDefinition own;

    /** @param own the table that is published, whole */
    AudienceShape(Connection raw, Dialect dialect, TableDefinition own) {
        this.raw = raw;
        this.dialect = dialect;
        this.own = own;
    }

    /** The other articles of the publication. */
    interface Siblings {
        /** Null where there is none. */
        Article of(TableName table);
    }

    /**
     * @throws SQLException AUDIENCE_REFUSED where it cannot be followed; CONDITION_REFUSED where the database decides in its own way
     */
    Audience of(WrittenAudience written, Siblings siblings) throws SQLException {
        TableName name = ArticleShape.name(raw, dialect, written.table());
        if (name.equals(TableName.of(own.shape()))) {
            throw refused("its own rows decide about it", "Let another table decide, or a column of its own");
        }
        TableDefinition decides = name.isOurs() ? null : dialect.describe(raw, name.schema(), name.name(), column -> !looked(written).contains(column));
        if (decides == null) {
            throw ArticleShape.notFound(raw, dialect, name);
        }
        return written.ofParent() ? ofParent(written, decides, siblings.of(name)) : ofQuery(written, decides);
    }

    // ---- a parent ----

    private Audience ofParent(WrittenAudience written, TableDefinition parent, Article article) throws SQLException {
        if (article == null || !article.isByValue()) {
            throw refused(parent.shape().qualifiedName() + " is not in the publication, or goes to everybody", "Publish it there with a SUBSCRIBE BY of its own");
        }
        ForeignKey reference = reference(written, TableName.of(parent.shape()));
        List<String> key = names(parent.shape(), parent.shape().key());
        if (!new TreeSet<>(key).equals(new TreeSet<>(reference.referenced()))) {
            throw refused("its foreign key does not refer to the key of " + parent.shape().qualifiedName(), "Let it refer to " + key + ", or say by a sub-query who gets the rows");
        }
        if (mayWait(TableName.of(parent.shape()))) {
            throw refused("a foreign key to " + parent.shape().qualifiedName() + " may wait until COMMIT, so that a row may come before its parent", "Declare it NOT DEFERRABLE");
        }
        List<Audience.Join> joins = new ArrayList<>();
        for (int i = 0; i < reference.columns().size(); i++) {
            joins.add(join(column(own.shape(), reference.columns().get(i)), column(parent.shape(), reference.referenced().get(i))));
        }
        return new Audience(true, cut(parent.shape(), List.of()), joins, article.valueColumn(), null, false);
    }

    /** The only foreign key to the parent, or the one of the columns that are named. */
    private ForeignKey reference(WrittenAudience written, TableName parent) throws SQLException {
        List<String> columns = written.columns().stream().map(column -> ArticleShape.kept(dialect, column)).toList();
        List<ForeignKey> found = own.foreignKeys().stream().filter(key -> parent.equals(new TableName(key.schema(), key.table())))
                .filter(key -> columns.isEmpty() || new TreeSet<>(columns).equals(new TreeSet<>(key.columns()))).toList();
        if (found.size() != 1) {
            throw refused(found.size() + " foreign keys refer to " + parent, "Declare one, or name its columns behind PARENT, or say by a sub-query who gets the rows");
        }
        return found.get(0);
    }

    private boolean mayWait(TableName parent) throws SQLException {
        JdbcName where = dialect.jdbcName(raw, own.shape().schema());
        try (ResultSet row = dialect.keepsForeignKeys() ? raw.getMetaData().getImportedKeys(where.catalog(), where.schema(), own.shape().name()) : null) {
            boolean waits = false;
            while (row != null && row.next()) {
                waits |= row.getString("PKTABLE_NAME").equals(parent.name()) && row.getShort("DEFERRABILITY") != DatabaseMetaData.importedKeyNotDeferrable;
            }
            return waits;
        }
    }

    // ---- a sub-query ----

    private Audience ofQuery(WrittenAudience written, TableDefinition decides) throws SQLException {
        List<Audience.Join> joins = new ArrayList<>();
        List<Term.Column> looked = new ArrayList<>();
        for (WrittenAudience.Join join : written.joins()) {
            joins.add(join(column(own.shape(), ArticleShape.kept(dialect, join.own())), column(decides.shape(), ArticleShape.kept(dialect, join.theirs()))));
            looked.add(joins.get(joins.size() - 1).theirs());
        }
        Term.Column value = column(decides.shape(), ArticleShape.kept(dialect, written.value()));
        value.expectExact();
        looked.add(value);
        Condition condition = written.condition() == null ? null : written.condition().resolved(column -> ArticleShape.found(raw, dialect, decides.shape(), column));
        if (condition != null) {
            condition.columns(looked::add);
        }
        boolean refersBack = decides.foreignKeys().stream().anyMatch(key -> TableName.of(own.shape()).equals(new TableName(key.schema(), key.table())));
        return new Audience(false, cut(decides.shape(), looked), joins, value, condition, refersBack);
    }

    private Set<String> looked(WrittenAudience written) {
        Set<String> names = new TreeSet<>();
        if (!written.ofParent()) {
            names.add(ArticleShape.kept(dialect, written.value()));
            written.joins().forEach(join -> names.add(ArticleShape.kept(dialect, join.theirs())));
        }
        if (written.condition() != null) {
            written.condition().columns(column -> names.add(ArticleShape.kept(dialect, new Identifier(column.name(), column.quoted()))));
        }
        return names;
    }

    // ---- both ----

    /** Both are compared here, in the database and by bytes: so they have to be of one kind. */
    private Audience.Join join(Term.Column mine, Term.Column theirs) throws SQLException {
        new Condition.Comparison(Condition.Operator.EQUAL, mine, theirs).resolved(found -> found);
        boolean alike = mine.type().kind() == theirs.type().kind() && (mine.type().kind() != ValueKind.TEXT || mine.type().type() == theirs.type().type());
        if (!alike) {
            throw refused("column " + mine.name() + " is " + mine.type().type() + ", and " + theirs.name() + " is " + theirs.type().type(), "Give both the same type");
        }
        return new Audience.Join(mine, theirs);
    }

    private Term.Column column(TableShape table, String name) throws SQLException {
        return ArticleShape.found(raw, dialect, table, Term.Column.written(name, true, 0));
    }

    /** The key, then what is looked at. */
    private static TableShape cut(TableShape table, List<Term.Column> looked) {
        List<ColumnShape> columns = new ArrayList<>();
        List<Integer> key = new ArrayList<>();
        for (int index : table.key()) {
            key.add(columns.size());
            columns.add(table.columns().get(index));
        }
        for (Term.Column column : looked) {
            ColumnShape shape = new ColumnShape(column.name(), column.type());
            if (!columns.contains(shape)) {
                columns.add(shape);
            }
        }
        return new TableShape(table.schema(), table.name(), table.version(), columns, key);
    }

    private static List<String> names(TableShape table, List<Integer> columns) {
        return columns.stream().map(index -> table.columns().get(index).name()).toList();
    }

    private SQLException refused(String why, String remedy) {
        return WaybillError.AUDIENCE_REFUSED.with(own.shape().qualifiedName(), why, remedy);
    }
}
