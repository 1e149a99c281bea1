// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;

/** The sending end of one stream, as a function from (state, event) to (state, actions). Its rules are on the package page. Immutable; any thread. */
public final class Sender {

    private final String subscriber;
    private final BackOff backOff;

    /**
     * @param subscriber    to whom this stream goes
     * @param myIncarnation of my catalogue
     */
    public Sender(String subscriber, UUID myIncarnation, DeliverySettings settings) {
        this.subscriber = subscriber;
        this.backOff = new BackOff(settings, myIncarnation);
    }

    /**
     * One step.
     *
     * @param now     by the agent's clock
     * @param journal mine, at this moment
     */
    public Step<SenderState, SenderAction> step(SenderState state, SenderEvent event, Instant now, JournalView journal) {
        SenderTurn turn = new SenderTurn(state, now, journal, backOff, subscriber);
        if (event instanceof SenderEvent.Due) {
            turn.due();
        } else if (event instanceof SenderEvent.SentMessage sent) {
            turn.sent(sent.header(), sent.digestAtLast());
        } else if (event instanceof SenderEvent.Scanned scanned) {
            turn.scanned(scanned);
        } else if (event instanceof SenderEvent.ConfirmationReceived confirmation) {
            turn.confirmation(confirmation.position(), confirmation.stream());
        } else if (event instanceof SenderEvent.ResendRequested asked) {
            turn.asked(asked.request(), asked.stream(), asked.held(), true);
        } else if (event instanceof SenderEvent.Declined declined) {
            turn.declined(declined);
        } else if (event instanceof SenderEvent.HelloReceived hello) {
            turn.greeted(hello);
        } else if (event instanceof SenderEvent.PeerKnown known) {
            turn.peerKnown(known.incarnation());
        } else if (event instanceof SenderEvent.Started) {
            turn.started();
        } else if (event instanceof SenderEvent.SnapshotLost lost) {
            turn.snapshotLost(lost.entry());
        } else if (event instanceof SenderEvent.Restart restart) {
            turn.restart(restart);
        } else if (event instanceof SenderEvent.TrimmedAway trimmed) {
            turn.trimmedAway(trimmed.upTo());
        } else if (event instanceof SenderEvent.Resync resync) {
            turn.resync(resync.renewed());
        } else if (event instanceof SenderEvent.Renewed) {
            turn.renewed();
        } else if (event instanceof SenderEvent.SendAgain again) {
            turn.sendAgain(again.from());
        }
        turn.timers();
        return turn.end();
    }

    /** When the next {@link SenderEvent.Tick} can matter; null when only other events can. */
    public Instant wakeAt(SenderState state) {
        Instant heartbeatAt = state.isOwing() ? state.passing().heartbeatAt() : null;
        return Stream.of(heartbeatAt, state.passing().helloAt()).filter(instant -> instant != null).min(Instant::compareTo).orElse(null);
    }
}
