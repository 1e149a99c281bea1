// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import java.util.Objects;
import java.util.UUID;

/**
 * Where a subscriber was last heard to be, and whether its stream rests on somebody's word ({@code REMOTE RESET}) instead of snapshots. Who gave the word looked at the database that was there then: it has, or had, what it was heard to
 * have, and whoever is before that went back to the time before the word. Immutable; any thread.
 *
 * @param incarnation {@code heard_incarnation}: whose position it is; null until anything was heard
 * @param stream      {@code heard_stream}: the stream of mine that it was in
 * @param at          {@code heard_offset}, {@code heard_digest}: where in my journal
 * @param word        {@code stream_word}
 */
public record Standing(UUID incarnation, int stream, Position at, Word word) {

    /** What the content of a subscriber rests on at the base of its stream. */
    public enum Word {
        /** On what the stream brings: it is the first one, or begins with snapshots. */
        NONE,
        /** On somebody's word. */
        GIVEN,
        /** It was somebody's word, but the database that it was said of went back to the time before: nobody may begin to follow the stream any more. */
        WITHDRAWN
    }

    /** Of somebody never heard of, in the first stream of this incarnation of mine. */
    static Standing unknown(UUID mine) {
        return new Standing(null, 0, Position.start(mine), Word.NONE);
    }

    private boolean isOf(UUID peer) {
        return Objects.equals(incarnation, peer);
    }

    /** The subscriber says that it is there, in the present stream: it may be an older word than the last one. */
    Standing hears(UUID peer, int inStream, Position position) {
        boolean older = isOf(peer) && (inStream < stream || inStream == stream && position.offset().isBefore(at.offset()));
        return older ? this : present(peer, inStream, position);
    }

    /** An older stream than the present one: the word for the present one spoke of somebody who had that too. */
    Standing hearsOfBefore(UUID peer, int inStream, Position position) {
        return isOf(peer) && word != Word.WITHDRAWN ? hears(peer, inStream, position) : this;
    }

    /** It is there now, whatever it said before. */
    Standing present(UUID peer, int inStream, Position position) {
        return new Standing(peer, inStream, position, word);
    }

    /** First contact. */
    Standing meets(UUID peer) {
        return incarnation == null ? new Standing(peer, stream, at, word) : this;
    }

    /** The stream begins anew, resting on this. A word that is given now is about who is there now: of somebody else nothing was heard yet. */
    Standing begins(UUID peer, Word now) {
        return isOf(peer) ? new Standing(incarnation, stream, at, now) : new Standing(peer, 0, Position.start(at.incarnation()), now);
    }

    /** Whom it was said of has gone back: it is there now. */
    Standing withdrawn(UUID peer, int inStream, Position position) {
        return new Standing(peer, inStream, position, Word.WITHDRAWN);
    }

    /**
     * As every message of the stream names it; null where it rests on nobody's word.
     *
     * @param number of the stream
     * @param base   after which it began
     */
    Envelope.Vouch vouch(int number, Position base) {
        return switch (word) {
            case NONE -> null;
            case GIVEN -> new Envelope.Vouch(incarnation, stream, at.offset(), at.digest());
            case WITHDRAWN -> new Envelope.Vouch(incarnation, number, base.offset(), base.digest());
        };
    }
}
