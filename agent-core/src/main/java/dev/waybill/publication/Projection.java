// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.publication.Owed.Claim;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What a subscriber gets of one table: some of its columns, the key always, and of its rows those that a condition chooses. Immutable; any thread. */
final class Projection {

    private final TableShape from;
    private final TableShape to;
    private final int[] kept;
    private final boolean whole;
    private final boolean same;
    private final Choice choice;
    private final OldValues old;
    private final boolean told;

    /**
     * @param choice of rows; null for all
     * @param told   whether changes say who has the rows, which is nobody's business
     */
    private Projection(TableShape from, TableShape to, int[] kept, Choice choice, OldValues old, boolean told) {
        this.told = told;
        this.choice = choice;
        this.old = old;
        this.from = from;
        this.to = to;
        this.kept = kept;
        this.whole = kept.length == from.columns().size();
        this.same = to.equals(from);
    }

    /** Onto the columns, and the rows, of the table's articles in these publications together, as far as they are claimed; null when none of them has it. */
    static Projection of(TableShape table, List<Publication> publications, Set<Claim> claims, boolean upward) throws SQLException {
        TableName name = TableName.of(table);
        List<Publication> holders = publications.stream().filter(publication -> publication.article(name).isPresent() && claims.stream().anyMatch(claim -> claim.publication().equals(publication.name()))).toList();
        List<Article> articles = new ArrayList<>();
        for (Publication publication : holders) {
            Article article = publication.article(name).orElseThrow();
            for (Claim claim : claims) {
                if (claim.publication().equals(publication.name())) {
                    articles.add(publication.tellsAudience(name) ? article.toldBy(publication.name(), claim.value()) : article.chosenBy(publication.name(), claim.value()));
                }
            }
        }
        if (articles.isEmpty()) {
            return null;
        }
        Set<String> wanted = new HashSet<>();
        articles.forEach(article -> article.table().columns().forEach(column -> wanted.add(column.name())));
        List<ColumnShape> columns = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            if (wanted.contains(table.columns().get(i).name()) || table.key().contains(i)) {
                columns.add(table.columns().get(i));
                kept.add(i);
            }
        }
        TableShape to = new TableShape(table.schema(), table.name(), table.version(), columns, table.key().stream().map(kept::indexOf).toList(), holders.stream().map(Publication::name).toList());
        OldValues old = OldValues.of(table, publications, articles, upward);
        return new Projection(table, to, kept.stream().mapToInt(Integer::intValue).toArray(), Choice.of(table, articles, old), old, publications.stream().anyMatch(publication -> publication.tellsAudience(name)));
    }

    /** Whether it is left as it is: all columns, all rows, and all that hold it. */
    boolean isSame() {
        return same && choice == null && old == OldValues.AS_THEY_ARE && !told;
    }

    /** The change as the subscriber gets it, which may take several: none when it touches nothing of his. */
    List<Change> apply(Change change) throws SQLException {
        if (choice == null && change.has(Note.MOVED)) {
            return List.of();
        } else if (choice == null || change.has(Note.ASKED)) {
            Change kept = projected(change);
            return kept == null ? List.of() : List.of(kept);
        }
        List<Change> kept = new ArrayList<>();
        for (Change his : choice.apply(change)) {
            Change projected = projected(his);
            if (projected != null) {
                kept.add(projected);
            }
        }
        return kept;
    }

    private Change projected(Change whole) {
        if (whole.operation() == Operation.UPDATE && whole.oldKey() == null && !whole.has(Note.RESOLVED) && !whole.has(Note.ASKED) && !touches(whole)) {
            return null;
        }
        Change change = old.of(told ? AudienceNotes.without(whole) : whole);
        if (same) {
            return change;
        }
        return new Change(to, change.operation(), image(change.oldKey()), image(change.before()), image(change.after()), change.notes());
    }

    /** Whether an UPDATE that leaves the key says anything about another column that is kept: with a before-image, something new. */
    private boolean touches(Change change) {
        for (int column : kept) {
            if (!from.key().contains(column) && change.after().has(column) && !isUnchanged(change, column)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnchanged(Change change, int column) {
        return change.before() != null && change.before().has(column) && Objects.deepEquals(change.before().value(column), change.after().value(column));
    }

    private RowImage image(RowImage image) {
        if (image == null || whole) {
            return image;
        }
        Object[] values = new Object[kept.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = image.values()[kept[i]];
        }
        return new RowImage(values);
    }
}
