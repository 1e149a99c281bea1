// SPDX-License-Identifier: Apache-2.0
package dev.waybill.audience;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.Row;
import dev.waybill.publication.Article;
import dev.waybill.publication.Audience;
import dev.waybill.publication.AudienceNotes;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.Publication;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one statement has done becomes the changes that stand in the journal: each with who had the row and who has it, and behind them the rows that others get because of them. In the transaction that wrote. One thread, under one
 * catalogue.
 *
 * <pre>
 *   nobody's rows move     the changes as they came, with audiences
 *   somebody's do          who gets rows, parents first ─► the changes, for those who had their rows and have them ─► who loses rows, children first
 * </pre>
 */
public final class Settlement {

    private static final List<Note> KEPT = List.of(new Note(Note.KEPT, new byte[0]));

    private final Connection raw;
    private final Dialect dialect;
    private final Catalogue catalogue;

    public Settlement(Connection raw, Dialect dialect, Catalogue catalogue) {
        this.raw = raw;
        this.dialect = dialect;
        this.catalogue = catalogue;
    }

    /** Takes what is to be recorded, in order. */
    @FunctionalInterface
    public interface Recording {
        void record(Change change) throws SQLException;
    }

    /** Whether changes of this table are to be settled: others decide about its rows, or it decides. */
    public boolean concerns(TableName table) {
        return catalogue.isSettled(table);
    }

    /**
     * Settles the changes of one statement, which has ended.
     *
     * @param held in their order; tables that are not concerned may be among them
     * @throws SQLException AUDIENCE_UNKNOWN, AUDIENCE_ISOLATION; the database's own when a lock is not to be had
     */
    public void settle(List<Change> held, Recording recording) throws SQLException {
        new Run(recording).settle(held);
    }

    /** The settlement of one statement. */
    private final class Run {

        private final Recording recording;
        private final Map<TableName, NetRows> net = new HashMap<>();
        private final Map<Change, NetRow> rowOf = new IdentityHashMap<>();
        private final Rows rows = new Rows(raw, dialect, true);
        private final Set<Integer> taken = new HashSet<>();
        private final AudienceReader reader = new AudienceReader(rows, this::readLock, net);

        Run(Recording recording) {
            this.recording = recording;
        }

        void settle(List<Change> held) throws SQLException {
            for (Change change : held) {
                TableName table = TableName.of(change.table());
                if (concerns(table)) {
                    rowOf.put(change, net.computeIfAbsent(table, none -> new NetRows()).add(change));
                }
            }
            lockDecided();
            Moves moves = new Moves(catalogue, net, reader, rows, recording, !dialect.keepsForeignKeys());
            findAudiences(moves);
            for (Publication publication : catalogue.publications()) {
                moves.addDecided(publication);
            }
            boolean moving = moves.areSome();
            int first = moving ? begin(held) : 0;
            if (moving) {
                moves.join();
            }
            for (Change change : held.subList(first, held.size())) {
                NetRow row = rowOf.get(change);
                if (row == null || row.had.isEmpty() && row.has.isEmpty()) {
                    recording.record(change);
                } else {
                    told(change, row, moving);
                }
            }
            if (moving) {
                moves.leave();
            }
        }

        /** New rows of other tables, to which rows that move may refer already; how many changes they are. */
        private int begin(List<Change> held) throws SQLException {
            int count = 0;
            while (count < held.size() && rowOf.get(held.get(count)) == null && held.get(count).operation() == Operation.INSERT) {
                recording.record(held.get(count++));
            }
            return count;
        }

        /** What decides, and is decided otherwise now, is locked alone, before anything is asked: in one order for all. */
        private void lockDecided() throws SQLException {
            Set<Integer> numbers = new TreeSet<>();
            for (Publication publication : catalogue.publications()) {
                for (Article article : publication.articles()) {
                    NetRows decided = article.audience() == null ? null : net.get(article.audience().decider());
                    if (decided != null) {
                        lockDecided(article.audience(), decided, numbers);
                    }
                }
            }
            for (int number : numbers) {
                dialect.lockNumber(raw, number, true);
            }
            taken.addAll(numbers);
        }

        private void lockDecided(Audience audience, NetRows decided, Set<Integer> numbers) throws SQLException {
            for (NetRow row : decided.all()) {
                if (row.isVague) {
                    throw WaybillError.AUDIENCE_UNKNOWN.with(decided.shape().qualifiedName(), "what its rows were before is not told by this statement");
                }
                Row before = row.before == null ? null : Rows.row(decided.shape(), row.before);
                Row after = row.after == null ? null : Rows.row(decided.shape(), row.after);
                if (isDecidedOtherwise(audience, decided, row)) {
                    for (Row image : new Row[] {before, after}) {
                        Tuple tuple = image == null ? null : Tuple.ofTheirs(audience, image);
                        if (tuple != null) {
                            numbers.add(tuple.lock());
                        }
                    }
                }
            }
        }

        /** Whether anything that is looked at has changed. */
        private static boolean isDecidedOtherwise(Audience audience, NetRows decided, NetRow row) {
            if (row.before == null || row.after == null) {
                return !audience.ofParent(); // nobody refers to a row that is not there yet, or no more
            }
            for (int i = 0; i < decided.shape().columns().size(); i++) {
                if (row.before.has(i) && row.after.has(i) && !Objects.deepEquals(row.before.value(i), row.after.value(i))) {
                    return true;
                }
            }
            return false;
        }

        private void readLock(Tuple tuple) throws SQLException {
            if (taken.add(tuple.lock())) {
                dialect.lockNumber(raw, tuple.lock(), false);
            }
        }

        private void findAudiences(Moves moves) throws SQLException {
            for (Publication publication : catalogue.publications()) {
                for (Map.Entry<TableName, NetRows> table : net.entrySet()) {
                    if (publication.tellsAudience(table.getKey())) {
                        Article article = publication.article(table.getKey()).orElseThrow();
                        for (NetRow row : table.getValue().all()) {
                            findAudience(publication, article, table.getValue(), row);
                            moves.add(publication, article, row);
                        }
                    }
                }
            }
        }

        private void findAudience(Publication publication, Article article, NetRows table, NetRow row) throws SQLException {
            row.had.put(publication.name(), row.before == null ? Set.of() : reader.past(publication, article, Rows.row(table.shape(), row.before)));
            row.has.put(publication.name(), row.after == null ? Set.of() : reader.now(publication, article, Rows.row(table.shape(), row.after)));
        }

        /** One of several changes of a row that moves is told for all of them. */
        private void told(Change change, NetRow row, boolean moving) throws SQLException {
            boolean inOne = row.changes.size() > 1 && !row.isVague && row.after != null && row.isMoved();
            if (!inOne) {
                tell(change, row, moving);
            } else if (change == (row.before == null ? row.changes.get(0) : row.changes.get(row.changes.size() - 1))) {
                tell(together(change, row), row, moving);
            }
        }

        private Change together(Change change, NetRow row) throws SQLException {
            RowImage after = wholeOf(change, row.after);
            if (row.before == null) {
                return new Change(change.table(), Operation.INSERT, null, null, after, List.of());
            }
            boolean same = NetRows.key(change.table(), row.before).equals(NetRows.key(change.table(), after));
            return new Change(change.table(), Operation.UPDATE, same ? null : Moves.key(change.table(), row.before), row.before, after, List.of());
        }

        /** The row as it is: the last of its images may not have all. */
        private RowImage wholeOf(Change change, RowImage last) throws SQLException {
            List<RowImage> found = new ArrayList<>();
            rows.find(change.table(), change.table().key().stream().map(change.table().columns()::get).toList(), List.of(change.table().key().stream().map(last::value).toList()), found::add);
            return found.isEmpty() ? last : found.get(0);
        }

        private void tell(Change change, NetRow row, boolean moving) throws SQLException {
            Map<String, Set<KeyImage>> had = row.isVague || change.operation() == Operation.INSERT ? null : row.had;
            if (row.isVague) {
                recording.record(AudienceNotes.with(change, null, row.has));
            } else if (change.operation() == Operation.DELETE) {
                recording.record(AudienceNotes.with(change, row.after == null ? had : both(row), null));
            } else if (!moving || !row.isMoved()) {
                recording.record(AudienceNotes.with(change, had, row.has));
            } else if (change.operation() == Operation.INSERT) {
                recording.record(AudienceNotes.with(change, null, both(row)));
            } else {
                List<Note> notes = new ArrayList<>(change.notes());
                notes.addAll(KEPT);
                recording.record(AudienceNotes.with(new Change(change.table(), change.operation(), change.oldKey(), change.before(), change.after(), notes), had, row.has));
            }
        }

        /** Those who had the row and have it. */
        private static Map<String, Set<KeyImage>> both(NetRow row) {
            Map<String, Set<KeyImage>> both = new HashMap<>();
            row.had.forEach((publication, had) -> {
                Set<KeyImage> kept = new HashSet<>(had);
                kept.retainAll(row.has.get(publication));
                both.put(publication, kept);
            });
            return both;
        }
    }
}
