// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import dev.waybill.predicate.Condition;
import dev.waybill.publication.Identifier;
import dev.waybill.publication.TableReference;
import dev.waybill.publication.WrittenAudience;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * SUBSCRIBE BY of an article.
 *
 * <pre>
 *   column | PARENT table [(column, …)] | (SELECT [d.]value FROM table [[AS] d] WHERE [d.]column = this.column [AND …] [AND condition on columns of table])
 * </pre>
 * {@code this} is the published table's own name. What decides has to be read off the text, so that rows can follow it: a sub-query of another form is a syntax error here.
 */
final class SubscribeByGrammar {

    private final Cursor at;

    SubscribeByGrammar(Cursor at) {
        this.at = at;
    }

    /** What stands behind SUBSCRIBE BY. */
    TableReference of(TableReference published) throws SQLException {
        if (at.takeSymbol("(")) {
            return published.by(subQuery(published));
        }
        Identifier first = at.identifier("the name of a column, PARENT, or a sub-query in parentheses");
        if (first.quoted() || !first.text().equalsIgnoreCase("PARENT") || !at.isIdentifier() || at.isWord("VERIFY") || at.isWord("CONFLICT")) {
            return published.by(first);
        }
        TableReference parent = table();
        return published.by(new WrittenAudience(parent, null, List.of(), at.takeSymbol("(") ? columns() : List.of(), null));
    }

    private WrittenAudience subQuery(TableReference published) throws SQLException {
        at.expectWord("SELECT");
        at.takeWord("DISTINCT");
        Name value = name();
        at.expectWord("FROM");
        TableReference table = table();
        Identifier alias = at.takeWord("AS") || !at.isWord("WHERE") ? at.identifier("WHERE, or another name for the table") : table.table();
        at.expectWord("WHERE");
        if (value.of != null && !isSame(value.of, alias)) {
            throw at.expected("a sub-query that selects a column of " + alias.text());
        }
        List<WrittenAudience.Join> joins = new ArrayList<>();
        Condition condition = null;
        do {
            WrittenAudience.Join join = join(published.table(), alias);
            if (join != null) {
                joins.add(join);
            } else if (joins.isEmpty()) {
                throw at.expected("[" + alias.text() + ".]column = " + published.table().text() + ".column");
            } else {
                SQLException loose = at.expected("parentheses around a condition with OR");
                int begin = at.place();
                condition = at.condition();
                if (at.isOutside("OR", begin)) {
                    throw loose;
                }
            }
        } while (condition == null && at.takeWord("AND"));
        if (!at.takeSymbol(")")) {
            throw at.expected("AND or )");
        }
        return new WrittenAudience(table, value.column, joins, List.of(), condition);
    }

    /** Null where no join stands; then nothing is taken. */
    private WrittenAudience.Join join(Identifier published, Identifier alias) throws SQLException {
        int place = at.place();
        if (at.isIdentifier()) {
            Name left = name();
            if (at.takeSymbol("=") && at.isIdentifier() && !at.isWord("TRUE") && !at.isWord("FALSE")) {
                Name right = name();
                boolean forward = right.of != null && isSame(right.of, published) && (left.of == null || isSame(left.of, alias));
                boolean backward = left.of != null && isSame(left.of, published) && (right.of == null || isSame(right.of, alias));
                if (forward || backward) {
                    return forward ? new WrittenAudience.Join(right.column, left.column) : new WrittenAudience.Join(left.column, right.column);
                }
            }
        }
        at.back(place);
        return null;
    }

    private static boolean isSame(Identifier one, Identifier other) {
        return one.quoted() && other.quoted() ? one.text().equals(other.text()) : one.text().equalsIgnoreCase(other.text());
    }

    private TableReference table() throws SQLException {
        Identifier first = at.identifier("the name of a table");
        boolean qualified = at.takeSymbol(".");
        Identifier table = qualified ? at.identifier("the name of a table") : first;
        return new TableReference(qualified ? first : null, table, List.of());
    }

    private List<Identifier> columns() throws SQLException {
        List<Identifier> columns = new ArrayList<>();
        do {
            columns.add(at.identifier("the name of a column"));
        } while (at.takeSymbol(","));
        at.expectSymbol(")");
        return columns;
    }

    private Name name() throws SQLException {
        Identifier first = at.identifier("the name of a column");
        return at.takeSymbol(".") ? new Name(first, at.identifier("the name of a column")) : new Name(null, first);
    }

    /** A column, with the table before it where that is written. */
    private record Name(Identifier of, Identifier column) {}
}
