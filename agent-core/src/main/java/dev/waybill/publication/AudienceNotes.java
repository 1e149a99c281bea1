// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ByteSink;
import dev.waybill.change.ByteSource;
import dev.waybill.change.KeyImage;
import dev.waybill.change.MalformedException;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.Condition;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who had a row before a change and who has it after, as notes of the change: for each publication that has to be told, the values of its subscriptions. In the journal only; nobody is sent them. Stateless.
 *
 * <pre>
 *   note := count · (publication text · count · canonical value block*)*        values in the order of {@link KeyImage}
 * </pre>
 */
public final class AudienceNotes {

    private static final Set<Integer> OURS = Set.of(Note.AUDIENCE_BEFORE, Note.AUDIENCE_AFTER, Note.MOVED, Note.KEPT);

    private AudienceNotes() {}

    /**
     * The change with these audiences, by publication.
     *
     * @param before null where that is not known, or there was no row
     * @param after  null where there is none
     */
    public static Change with(Change change, Map<String, Set<KeyImage>> before, Map<String, Set<KeyImage>> after) {
        List<Note> notes = new ArrayList<>(change.notes());
        if (before != null) {
            notes.add(new Note(Note.AUDIENCE_BEFORE, encode(before)));
        }
        if (after != null) {
            notes.add(new Note(Note.AUDIENCE_AFTER, encode(after)));
        }
        return new Change(change.table(), change.operation(), change.oldKey(), change.before(), change.after(), notes);
    }

    private static byte[] encode(Map<String, Set<KeyImage>> audiences) {
        ByteSink sink = new ByteSink(64);
        sink.putVarint(audiences.size());
        audiences.forEach((publication, values) -> {
            sink.putText(publication);
            sink.putVarint(values.size());
            new TreeSet<>(values).forEach(value -> sink.putBlock(value.bytes()));
        });
        return sink.bytes();
    }

    /** What the note of this type says, by the names of {@link Condition.Among}; empty where there is none. */
    static Map<String, Object> read(Change change, int type) throws SQLException {
        for (Note note : change.notes()) {
            if (note.type() == type) {
                try {
                    return decode(new ByteSource(note.content()));
                } catch (MalformedException damaged) {
                    throw WaybillError.ENTRY_INCOMPLETE.because(damaged, change.operation(), change.table().qualifiedName());
                }
            }
        }
        return Map.of();
    }

    private static Map<String, Object> decode(ByteSource source) throws MalformedException {
        Map<String, Object> audiences = new HashMap<>();
        for (int count = source.getCount(2, "publications"); count > 0; count--) {
            String publication = source.getText("publication");
            Set<KeyImage> values = new HashSet<>();
            for (int left = source.getCount(1, "values"); left > 0; left--) {
                values.add(KeyImage.ofBytes(source.getBlock("value")));
            }
            audiences.put(Condition.Among.name(publication), values);
        }
        source.expectEnd("an audience");
        return audiences;
    }

    /** The change as it travels. */
    static Change without(Change change) {
        List<Note> kept = change.notes().stream().filter(note -> !OURS.contains(note.type())).toList();
        return kept.size() == change.notes().size() ? change : new Change(change.table(), change.operation(), change.oldKey(), change.before(), change.after(), kept);
    }
}
