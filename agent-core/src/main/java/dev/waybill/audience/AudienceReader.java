// SPDX-License-Identifier: Apache-2.0
package dev.waybill.audience;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.KeyImage;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Row;
import dev.waybill.predicate.Term;
import dev.waybill.publication.Article;
import dev.waybill.publication.Audience;
import dev.waybill.publication.Publication;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who gets a row, by what the database says now, and by what it would have said before some changes. What it was told once it knows: for one statement, or one snapshot. One thread.
 */
public final class AudienceReader {

    private static final int MOST_KNOWN = 10_000;

    private final Rows rows;
    private final Locks locks;
    private final Map<TableName, NetRows> changed;
    private final Map<Tuple, Answer<List<KeyImage>>> values = bounded();
    private final Map<Tuple, Answer<Row>> parents = bounded();

    /** For a database at rest, or in one snapshot of it. */
    public AudienceReader(Connection raw, Dialect dialect) {
        this(new Rows(raw, dialect, false), tuple -> { }, Map.of());
    }

    /** @param changed what has been done, and was not in the past */
    AudienceReader(Rows rows, Locks locks, Map<TableName, NetRows> changed) {
        this.rows = rows;
        this.locks = locks;
        this.changed = changed;
    }

    /** Is told what is about to be read. */
    interface Locks {
        void read(Tuple tuple) throws SQLException;
    }

    /** What was and what is; null for nothing. */
    record Answer<T>(T past, T now) {}

    private static <V> Map<Tuple, V> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Tuple, V> eldest) {
                return size() > MOST_KNOWN;
            }
        };
    }

    /**
     * The row with its audiences, so that conditions may ask for them.
     *
     * @param publication by its name
     */
    public Row with(Row row, Condition condition, Publications publications, TableName table) throws SQLException {
        List<Condition.Among> asked = new ArrayList<>();
        condition.audiences(asked::add);
        Map<String, Object> audiences = new HashMap<>();
        for (Condition.Among among : asked) {
            Publication publication = publications.named(among.publication());
            audiences.put(Condition.Among.name(among.publication()), now(publication, publication.article(table).orElseThrow(), row));
        }
        return name -> name.charAt(0) == 0 ? audiences.get(name) : row.value(name);
    }

    /** Finds publications. */
    public interface Publications {
        Publication named(String name);
    }

    /** Who gets this row of the article's table now. */
    Set<KeyImage> now(Publication publication, Article article, Row row) throws SQLException {
        return of(publication, article, row, false);
    }

    /** Who got it when it was like this. */
    Set<KeyImage> past(Publication publication, Article article, Row row) throws SQLException {
        return of(publication, article, row, true);
    }

    private Set<KeyImage> of(Publication publication, Article article, Row row, boolean past) throws SQLException {
        if (row == null || article.condition() != null && !article.condition().holds(row)) {
            return Set.of();
        }
        Audience audience = article.audience();
        if (audience == null) {
            Object value = row.value(article.subscribeBy().name());
            return value == null ? Set.of() : Set.of(KeyImage.ofValue(article.subscribeBy().type(), value));
        }
        Tuple tuple = Tuple.ofOwn(audience, row);
        if (tuple == null) {
            return Set.of();
        } else if (audience.ofParent()) {
            Article parent = publication.article(audience.decider()).orElseThrow();
            Answer<Row> found = parent(tuple, parent);
            return of(publication, parent, past ? found.past() : found.now(), past);
        }
        Answer<List<KeyImage>> found = values(tuple);
        return new HashSet<>(past ? found.past() : found.now());
    }

    /** The values that a sub-query finds, each as often as it does. */
    Answer<List<KeyImage>> values(Tuple tuple) throws SQLException {
        Answer<List<KeyImage>> known = values.get(tuple);
        if (known == null) {
            locks.read(tuple);
            Audience audience = tuple.audience();
            List<KeyImage> now = new ArrayList<>();
            rows.find(audience.decides(), Rows.columns(audience, Audience.Join::theirs), List.of(tuple.values()), image -> add(now, audience, Rows.row(audience.decides(), image)));
            known = new Answer<>(past(tuple, now), now);
            values.put(tuple, known);
        }
        return known;
    }

    private List<KeyImage> past(Tuple tuple, List<KeyImage> now) throws SQLException {
        NetRows net = changed.get(tuple.audience().decider());
        if (net == null) {
            return now;
        }
        List<KeyImage> past = new ArrayList<>(now);
        List<KeyImage> left = new ArrayList<>();
        for (NetRow row : net.all()) {
            if (row.after != null && tuple.equals(Tuple.ofTheirs(tuple.audience(), Rows.row(net.shape(), row.after)))) {
                List<KeyImage> its = new ArrayList<>();
                add(its, tuple.audience(), Rows.row(net.shape(), row.after));
                its.forEach(past::remove);
            }
            if (row.before != null && tuple.equals(Tuple.ofTheirs(tuple.audience(), Rows.row(net.shape(), row.before)))) {
                add(left, tuple.audience(), Rows.row(net.shape(), row.before));
            }
        }
        past.addAll(left);
        return past;
    }

    /** The value of a deciding row, if it counts. */
    static void add(List<KeyImage> values, Audience audience, Row decides) {
        Object value = decides.value(audience.value().name());
        if (value != null && (audience.condition() == null || audience.condition().holds(decides))) {
            values.add(KeyImage.ofValue(audience.value().type(), value));
        }
    }

    private Answer<Row> parent(Tuple tuple, Article parent) throws SQLException {
        Answer<Row> known = parents.get(tuple);
        if (known == null) {
            locks.read(tuple);
            TableShape shape = looked(tuple.audience(), parent);
            List<Row> found = new ArrayList<>();
            rows.find(shape, Rows.columns(tuple.audience(), Audience.Join::theirs), List.of(tuple.values()), image -> found.add(Rows.row(shape, image)));
            Row now = found.isEmpty() ? null : found.get(0);
            NetRows net = changed.get(tuple.audience().decider());
            KeyImage key = key(tuple);
            Row past = now;
            if (net != null && net.concerns(key)) {
                RowImage before = net.past(key);
                past = before == null ? null : Rows.row(net.shape(), before);
            }
            known = new Answer<>(past, now);
            parents.put(tuple, known);
        }
        return known;
    }

    /** What has to be known of a parent to say who gets it. */
    private static TableShape looked(Audience audience, Article parent) {
        TableShape key = audience.decides();
        List<ColumnShape> columns = new ArrayList<>(key.columns());
        parent.looked(column -> {
            ColumnShape shape = new ColumnShape(column.name(), column.type());
            if (!columns.contains(shape)) {
                columns.add(shape);
            }
        });
        return new TableShape(key.schema(), key.name(), key.version(), columns, key.key());
    }

    /** The key of the parent that the tuple means. */
    private static KeyImage key(Tuple tuple) throws SQLException {
        TableShape decides = tuple.audience().decides();
        Object[] image = new Object[decides.columns().size()];
        for (int i = 0; i < image.length; i++) {
            image[i] = RowImage.ABSENT;
            for (int join = 0; join < tuple.values().size(); join++) {
                Term.Column theirs = tuple.audience().joins().get(join).theirs();
                image[i] = theirs.name().equals(decides.columns().get(i).name()) ? tuple.values().get(join) : image[i];
            }
        }
        return NetRows.key(decides, new RowImage(image));
    }
}
