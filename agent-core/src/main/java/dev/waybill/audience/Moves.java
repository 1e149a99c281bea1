// SPDX-License-Identifier: Apache-2.0
package dev.waybill.audience;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.publication.Article;
import dev.waybill.publication.Audience;
import dev.waybill.publication.AudienceNotes;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.Publication;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rows that other subscribers have now, though most of them were not touched: found by what decides about them, and told in the order in which they refer to one another. Rows below others are read again for each of both ways, some at a
 * time, so that memory does not grow with their number. One thread.
 */
final class Moves {

    private static final List<Note> MOVED = List.of(new Note(Note.MOVED, new byte[0]));

    private final Catalogue catalogue;
    private final Map<TableName, NetRows> net;
    private final AudienceReader reader;
    private final Rows rows;
    private final Settlement.Recording recording;
    private final boolean orphans;
    private final List<Root> roots = new ArrayList<>();
    private final List<Root> waiting = new ArrayList<>();
    private final Map<TableName, TableShape> shapes = new HashMap<>();

    /** @param orphans whether rows may refer to others that are not there */
    Moves(Catalogue catalogue, Map<TableName, NetRows> net, AudienceReader reader, Rows rows, Settlement.Recording recording, boolean orphans) {
        this.orphans = orphans;
        this.catalogue = catalogue;
        this.net = net;
        this.reader = reader;
        this.rows = rows;
        this.recording = recording;
    }

    /** Rows with which a way down begins. */
    private interface Finding {
        void find(Each each) throws SQLException;
    }

    /** Takes one of them. */
    private interface Each {
        void take(Move move) throws SQLException;
    }

    private record Root(Publication publication, Article article, int depth, Finding rows) {}

    /**
     * One row.
     *
     * @param old    what it was, where that was changed; otherwise null
     * @param isNew  whether it was inserted
     * @param isGone whether it is deleted: that has been told, and only rows that refer to it may be left
     */
    private record Move(RowImage old, RowImage row, Set<KeyImage> had, Set<KeyImage> has, boolean isGone, boolean isNew) {
        boolean isNone() {
            return had.equals(has);
        }
    }

    // ---- where it begins ----

    /** A row that was changed, and its audience too. By itself it needs no more than its own change; with others it waits for its turn. */
    void add(Publication publication, Article article, NetRow row) {
        Set<KeyImage> had = row.had.get(publication.name());
        Set<KeyImage> has = row.has.get(publication.name());
        if (row.isVague || had.equals(has) || row.after == null && !orphans) {
            return;
        }
        boolean followed = (row.before != null || orphans) && publication.followers(TableName.of(article.table())).stream().anyMatch(follower -> follower.audience().ofParent());
        (followed ? roots : waiting).add(new Root(publication, article, depth(publication, article, 0), each -> each.take(new Move(row.before, row.after == null ? row.before : row.after, had, has, row.after == null, row.before == null))));
    }

    /** Rows of this publication about which something else is decided now. */
    void addDecided(Publication publication) throws SQLException {
        for (Article article : publication.articles()) {
            Audience audience = article.audience();
            NetRows decided = audience == null || audience.ofParent() ? null : net.get(audience.decider());
            if (decided != null) {
                Map<Tuple, AudienceReader.Answer<Set<KeyImage>>> otherwise = otherwise(audience, decided);
                if (!otherwise.isEmpty()) {
                    roots.add(new Root(publication, article, depth(publication, article, 0), each -> find(article, otherwise, each)));
                }
            }
        }
    }

    private Map<Tuple, AudienceReader.Answer<Set<KeyImage>>> otherwise(Audience audience, NetRows decided) throws SQLException {
        Map<Tuple, AudienceReader.Answer<Set<KeyImage>>> otherwise = new LinkedHashMap<>();
        for (NetRow row : decided.all()) {
            for (RowImage image : new RowImage[] {row.before, row.after}) {
                Tuple tuple = image == null ? null : Tuple.ofTheirs(audience, Rows.row(decided.shape(), image));
                if (tuple != null && !otherwise.containsKey(tuple)) {
                    AudienceReader.Answer<List<KeyImage>> values = reader.values(tuple);
                    AudienceReader.Answer<Set<KeyImage>> sets = new AudienceReader.Answer<>(new HashSet<>(values.past()), new HashSet<>(values.now()));
                    if (!sets.past().equals(sets.now())) {
                        otherwise.put(tuple, sets);
                    }
                }
            }
        }
        return otherwise;
    }

    /** How many tables its rows come behind. */
    private static int depth(Publication publication, Article article, int guard) {
        int depth = 0;
        Audience audience = article.audience();
        Article decider = audience == null || audience.refersBack() ? null : publication.article(audience.decider()).orElse(null);
        if (guard > publication.articles().size()) {
            return guard;
        }
        if (decider != null) {
            depth = depth(publication, decider, guard + 1) + 1;
        }
        for (Article decided : publication.followers(TableName.of(article.table()))) {
            if (decided.audience().refersBack()) {
                depth = Math.max(depth, depth(publication, decided, guard + 1) + 1);
            }
        }
        return depth;
    }

    /** Whether rows may move that nobody touched. */
    boolean areSome() {
        return !roots.isEmpty();
    }

    // ---- both ways ----

    /** Who gets rows, those first to which others refer. */
    void join() throws SQLException {
        roots.addAll(waiting);
        roots.sort(Comparator.comparingInt(Root::depth));
        for (Root root : roots) {
            walk(root, true);
        }
    }

    /** Who loses rows, those first that refer to others. */
    void leave() throws SQLException {
        roots.sort(Comparator.comparingInt(Root::depth).reversed());
        for (Root root : roots) {
            walk(root, false);
        }
    }

    private void walk(Root root, boolean joins) throws SQLException {
        List<Move> some = new ArrayList<>();
        root.rows.find(move -> {
            some.add(move);
            if (some.size() == Rows.TOGETHER) {
                down(root.publication, root.article, some, joins);
                some.clear();
            }
        });
        down(root.publication, root.article, some, joins);
    }

    private void down(Publication publication, Article article, List<Move> moves, boolean joins) throws SQLException {
        if (moves.isEmpty()) {
            return;
        }
        if (joins) {
            for (Move move : moves) {
                tell(publication, article, move, true);
            }
        }
        for (Article follower : publication.followers(TableName.of(article.table()))) {
            if (follower.audience().ofParent()) {
                Map<Tuple, AudienceReader.Answer<Set<KeyImage>>> parents = parents(article, follower.audience(), moves);
                walk(new Root(publication, follower, 0, each -> find(follower, parents, each)), joins);
            }
        }
        if (!joins) {
            for (Move move : moves) {
                tell(publication, article, move, false);
            }
        }
    }

    private Map<Tuple, AudienceReader.Answer<Set<KeyImage>>> parents(Article article, Audience audience, List<Move> moves) {
        Map<Tuple, AudienceReader.Answer<Set<KeyImage>>> parents = new LinkedHashMap<>();
        for (Move move : moves) {
            Tuple tuple = Tuple.ofTheirs(audience, Rows.row(shape(article), move.row));
            if (tuple != null) {
                parents.put(tuple, new AudienceReader.Answer<>(move.had, move.has));
            }
        }
        return parents;
    }

    /** Rows of the article for which these decide, as far as they were not changed themselves: those stand for themselves. */
    private void find(Article article, Map<Tuple, AudienceReader.Answer<Set<KeyImage>>> decided, Each each) throws SQLException {
        Audience audience = article.audience();
        TableShape shape = shape(article);
        NetRows changed = net.get(TableName.of(article.table()));
        List<ColumnShape> by = Rows.columns(audience, Audience.Join::own);
        rows.find(shape, by, decided.keySet().stream().map(Tuple::values).toList(), row -> {
            AudienceReader.Answer<Set<KeyImage>> its = decided.get(Tuple.ofOwn(audience, Rows.row(shape, row)));
            boolean counts = its != null && (changed == null || !changed.contains(NetRows.key(shape, row))) && (article.condition() == null || article.condition().holds(Rows.row(shape, row)));
            if (counts) {
                each.take(new Move(null, row, its.past(), its.now(), false, false));
            }
        });
    }

    private TableShape shape(Article article) {
        return shapes.computeIfAbsent(TableName.of(article.table()), catalogue::captured);
    }

    // ---- what is told ----

    private void tell(Publication publication, Article article, Move move, boolean joins) throws SQLException {
        Set<KeyImage> all = new HashSet<>(move.had);
        all.addAll(move.has);
        Set<KeyImage> before = joins ? move.had : all;
        Set<KeyImage> after = joins ? all : move.has;
        if (move.isGone || move.isNone() || before.equals(after)) {
            return;
        }
        TableShape shape = shape(article);
        Map<String, Set<KeyImage>> had = Map.of(publication.name(), before);
        Map<String, Set<KeyImage>> has = Map.of(publication.name(), after);
        if (joins && move.isNew) {
            recording.record(AudienceNotes.with(new Change(shape, Operation.INSERT, null, null, whole(shape, move.row), MOVED), null, has));
            return;
        }
        RowImage row = !joins ? looked(shape, move.row) : move.old == null ? move.row : whole(shape, move.row);
        RowImage old = move.old == null ? row : move.old;
        boolean sameKey = NetRows.key(shape, old).equals(NetRows.key(shape, row));
        recording.record(AudienceNotes.with(new Change(shape, Operation.UPDATE, sameKey ? null : key(shape, old), old, row, MOVED), had, has));
    }

    private RowImage whole(TableShape shape, RowImage last) throws SQLException {
        List<RowImage> found = new ArrayList<>();
        rows.find(shape, shape.key().stream().map(shape.columns()::get).toList(), List.of(shape.key().stream().map(last::value).toList()), found::add);
        return found.isEmpty() ? last : found.get(0);
    }

    /** Of a row what conditions look at, with the key: more is not said of one that goes. */
    private RowImage looked(TableShape shape, RowImage row) {
        Set<String> names = catalogue.watchedNames(new TableName(shape.schema(), shape.name()));
        RowImage looked = key(shape, row);
        for (int i = 0; i < shape.columns().size(); i++) {
            if (names.contains(shape.columns().get(i).name())) {
                looked.values()[i] = row.value(i);
            }
        }
        return looked;
    }

    /** Of a row the key alone. */
    static RowImage key(TableShape shape, RowImage row) {
        Object[] values = new Object[shape.columns().size()];
        Arrays.fill(values, RowImage.ABSENT);
        shape.key().forEach(index -> values[index] = row.value(index));
        return new RowImage(values);
    }
}
