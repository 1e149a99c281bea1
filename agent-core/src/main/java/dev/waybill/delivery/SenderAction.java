// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope.Held;
import java.util.List;
import java.util.UUID;

/** What a {@link Sender} wants done. A crash between any two actions is harmless. */
public sealed interface SenderAction {

    /**
     * Look through the journal after {@code scanFrom}, filter, cut ({@link MessageCutter}) and send, as far as is wanted now. After each message report {@link SenderEvent.SentMessage} (committing the state after
     * each whole message or last part, or less often: what was not marked is sent again and recognised), at the end {@link SenderEvent.Scanned}. Stop when the state's epoch or {@code sent} is no
     * longer what was sent under.
     *
     * @param prev     position last sent: {@code prev} of the first message
     * @param scanFrom entries after this offset have not been looked through
     * @param epoch    {@code resend_count} of every header
     * @param stream   to which all of it belongs
     * @param held     parts that follow {@code prev} and need not be sent
     */
    record SendFrom(Position prev, LogOffset scanFrom, int epoch, int stream, List<Held> held) implements SenderAction {

        public SendFrom {
            held = List.copyOf(held);
        }

        /** In the first stream, to somebody who has nothing of it. */
        public SendFrom(Position prev, LogOffset scanFrom, int epoch) {
            this(prev, scanFrom, epoch, 0, List.of());
        }
    }

    /** Send a HEARTBEAT (see {@link Envelopes#heartbeat}). */
    record SendHeartbeat(Position lastSent, int epoch) implements SenderAction {}

    /** Send a JOIN (see {@link Envelopes#hello}) to this incarnation of the subscriber; null when none is known. */
    record SendHello(UUID to) implements SenderAction {}

    /** Say loudly, once: the journal does not reach back to where the subscriber is. */
    record NeedsResync(String reason) implements SenderAction {}

    /** Say loudly, once: two histories under one incarnation. Nothing may be trimmed. */
    record SplitHistory(String reason) implements SenderAction {}

    /** Say quietly: something was ignored. */
    record Ignored(String what) implements SenderAction {}
}
