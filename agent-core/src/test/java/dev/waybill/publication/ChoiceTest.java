// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Term;
import dev.waybill.predicate.TextRule;
import dev.waybill.predicate.Watched;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** A subscriber who gets rows by conditions has, after every change, the rows that they choose, whatever is known of what rows were. */
class ChoiceTest {

    private static final Object ABSENT = RowImage.ABSENT;
    private static final TableShape T = new TableShape("s", "t", 3, List.of(column("id"), column("place"), column("note")), List.of(0));

    @Property(tries = 300)
    void rowsThatMoveAreInsertedAndDeleted(@ForAll long seed) throws SQLException {
        SplittableRandom random = new SplittableRandom(seed);
        Choice choice = Choice.of(T, List.of(article("place = 1"), article("place > 7 OR note IS NULL")), OldValues.AS_THEY_ARE);
        Map<Long, Object[]> source = new TreeMap<>();
        Map<Long, Object[]> replica = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            Change change = change(random, source);
            for (Change his : choice.apply(change)) {
                apply(replica, his);
            }
            assertThat(text(replica)).isEqualTo(text(chosen(source)));
        }
    }

    @Test
    void whatIsKnownIsToldExactly() throws SQLException {
        Choice choice = Choice.of(T, List.of(article("place = 1")), OldValues.AS_THEY_ARE);
        assertThat(choice.apply(update(null, row(5L, 1L, ABSENT), row(5L, 2L, 9L)))).containsExactly(new Change(T, Operation.DELETE, null, row(5L, ABSENT, ABSENT), null, List.of()));
        assertThat(choice.apply(update(null, row(5L, 2L, ABSENT), row(5L, 1L, 9L)))).containsExactly(new Change(T, Operation.INSERT, null, null, row(5L, 1L, 9L), List.of()));
        assertThat(choice.apply(update(null, row(5L, 2L, ABSENT), row(5L, 3L, 9L)))).isEmpty();
        assertThat(choice.apply(update(null, row(5L, 1L, ABSENT), row(5L, 1L, 9L)))).containsExactly(update(null, null, row(5L, 1L, 9L)));
        assertThat(choice.apply(new Change(T, Operation.DELETE, null, row(5L, 2L, ABSENT), null, List.of()))).isEmpty();
    }

    @Test
    void whatIsNotKnownIsToldSoThatTheOutcomeIsTheSame() throws SQLException {
        Choice choice = Choice.of(T, List.of(article("place = 1")), OldValues.AS_THEY_ARE);
        List<Note> perhaps = List.of(new Note(Note.PERHAPS_GONE, new byte[0]));
        assertThat(choice.apply(update(null, null, row(5L, 2L, 9L)))).containsExactly(new Change(T, Operation.DELETE, null, row(5L, ABSENT, ABSENT), null, perhaps));
        assertThat(choice.apply(update(row(4L, ABSENT, ABSENT), null, row(5L, 1L, 9L)))).containsExactly(new Change(T, Operation.DELETE, null, row(4L, ABSENT, ABSENT), null, perhaps),
                new Change(T, Operation.UPSERT, null, null, row(5L, 1L, 9L), List.of()));
        assertThatThrownBy(() -> choice.apply(update(null, null, row(5L, ABSENT, 9L)))).hasMessageContaining("ENTRY_INCOMPLETE");
        assertThatThrownBy(() -> choice.apply(update(null, row(5L, 2L, ABSENT), row(5L, 1L, ABSENT)))).hasMessageContaining("ENTRY_INCOMPLETE");
    }

    @Test
    void articlesAreReadAgainAsTheyWere() throws SQLException {
        Article article = article("place = 1 AND NOT note BETWEEN -2 AND 3");
        Article again = ArticleCode.decode(ArticleCode.encode(article), article.condition().text(), null, null);
        assertThat(again.condition().text()).isEqualTo("(\"place\" = 1 AND NOT ((\"note\" >= -2 AND \"note\" <= 3)))");
        assertThat(again.table()).isEqualTo(T);
        assertThat(again.watched()).containsExactly(column("place"), column("note"));
        Article by = new Article(T, article.condition(), lookedAt(article("note = 0")));
        Article byAgain = ArticleCode.decode(ArticleCode.encode(by), by.condition().text(), by.subscribeBy().text(), null);
        assertThat(byAgain.chosenBy("p", "12").condition().text()).isEqualTo("((\"place\" = 1 AND NOT ((\"note\" >= -2 AND \"note\" <= 3))) AND \"note\" = 12)");
        assertThat(ArticleCode.decode(ArticleCode.encode(new Article(T)), null, null, null)).isEqualTo(new Article(T));
    }

    // ---- the source ----

    private static Change change(SplittableRandom random, Map<Long, Object[]> source) {
        long id = random.nextLong(6);
        Object[] was = source.get(id);
        if (was == null || random.nextInt(8) == 0) {
            Object[] row = {id, random.nextLong(10), note(random)};
            source.put(id, row);
            return new Change(T, was == null && random.nextBoolean() ? Operation.INSERT : Operation.UPSERT, null, null, new RowImage(row.clone()), List.of());
        }
        source.remove(id);
        RowImage before = random.nextBoolean() ? new RowImage(was) : null;
        if (random.nextInt(4) == 0) {
            return new Change(T, Operation.DELETE, null, before == null ? row(id, ABSENT, ABSENT) : before, null, List.of());
        }
        long key = random.nextInt(3) == 0 ? random.nextLong(6) : id;
        Object[] row = {source.containsKey(key) ? id : key, random.nextLong(10), note(random)};
        source.put((Long) row[0], row);
        return update(row[0].equals(id) ? null : row(id, ABSENT, ABSENT), before, new RowImage(row.clone()));
    }

    private static Long note(SplittableRandom random) {
        return random.nextInt(5) == 0 ? null : random.nextLong(100);
    }

    private static Map<Long, Object[]> chosen(Map<Long, Object[]> source) {
        Map<Long, Object[]> chosen = new TreeMap<>(source);
        chosen.values().removeIf(row -> !(row[1].equals(1L) || (Long) row[1] > 7 || row[2] == null));
        return chosen;
    }

    // ---- the subscriber ----

    private static void apply(Map<Long, Object[]> replica, Change change) {
        Object[] after = change.after() == null ? null : change.after().values();
        switch (change.operation()) {
            case INSERT -> assertThat(replica.put((Long) after[0], after)).as("in the way of " + change).isNull();
            case UPSERT -> replica.put((Long) after[0], after);
            case UPDATE -> {
                assertThat(replica.remove((Long) (change.oldKey() == null ? after[0] : change.oldKey().value(0)))).as("found by " + change).isNotNull();
                replica.put((Long) after[0], after);
            }
            default -> {
                Object[] gone = replica.remove((Long) change.before().value(0));
                assertThat(gone != null || change.notes().contains(new Note(Note.PERHAPS_GONE, new byte[0]))).as("found by " + change).isTrue();
            }
        }
    }

    private static List<String> text(Map<Long, Object[]> rows) {
        List<String> text = new ArrayList<>();
        rows.values().forEach(row -> text.add(row[0] + " " + row[1] + " " + Objects.toString(row[2])));
        return text;
    }

    // ---- values ----

    private static Change update(RowImage oldKey, RowImage before, RowImage after) {
        return new Change(T, Operation.UPDATE, oldKey, before, after, List.of());
    }

    private static RowImage row(Object... values) {
        return new RowImage(values);
    }

    private static ColumnShape column(String name) {
        return new ColumnShape(name, ColumnType.of(SqlType.BIGINT));
    }

    private static Term.Column lookedAt(Article article) {
        List<Term.Column> columns = new ArrayList<>();
        article.looked(columns::add);
        return columns.get(0);
    }

    private static Article article(String condition) throws SQLException {
        List<TextRule> none = new ArrayList<>(Arrays.asList(null, null, null));
        String quoted = condition.replace("place", "\"place\"").replace("note", "\"note\"");
        return new Article(T, Condition.parse(quoted, 0).condition().resolved(new Watched(T, none)));
    }
}
