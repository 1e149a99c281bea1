// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Branch receives from head office: the receiver's end, driven by hand on a clock of its own. */
final class Correspondence {

    static final UUID HQ = new UUID(1, 1);
    static final UUID BRANCH = new UUID(2, 2);

    private final Receiver receiver = new Receiver("hq", "branch", BRANCH, DeliverySettings.STANDARD);
    private int names;
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    ReceiverState state;

    /** Known, at this offset and epoch. */
    Correspondence(long offset, int epoch) {
        state = ReceiverState.loaded(new ReceiverState.Kept(HQ, new LogOffset(offset), digest(offset), epoch, new LogOffset(offset), DeliveryStatus.ACTIVE, null), List.of());
    }

    /** Any digest; the same for the same offset. */
    static Digest digest(long offset) {
        return offset == 0 ? Digest.ZERO : new Digest(offset, offset);
    }

    static Position at(long offset) {
        return new Position(HQ, new LogOffset(offset), digest(offset));
    }

    static Envelope data(int epoch, long prev, long last, int sequence, Envelope.Part part) {
        return envelope(MessageKind.DATA, HQ, BRANCH, new MessageHeader(epoch, new LogOffset(prev), new LogOffset(last), sequence), digest(prev), part);
    }

    static Envelope heartbeat(int epoch, long position) {
        return envelope(MessageKind.HEARTBEAT, HQ, BRANCH, new MessageHeader(epoch, new LogOffset(position), new LogOffset(position), 0), digest(position), null);
    }

    static Envelope envelope(MessageKind kind, UUID from, UUID to, MessageHeader header, Digest prevDigest, Envelope.Part part) {
        return new Envelope(kind, "hq", "branch", from, to, new UUID(3, 3), header, prevDigest, null, null, Position.start(HQ), Instant.EPOCH, part,
                new Envelope.Limits(50_000, List.of(0), List.of()), List.of());
    }

    static Envelope.Part part(long cut, long fromByte, long totalBytes) {
        return new Envelope.Part(new Digest(cut, cut), fromByte, totalBytes);
    }

    List<ReceiverAction> arrives(Envelope envelope) {
        return arrives("m" + names++, envelope);
    }

    /** Ten bytes long; a part is stored as asked. */
    List<ReceiverAction> arrives(String ref, Envelope envelope) {
        List<ReceiverAction> actions = new ArrayList<>(happens(new ReceiverEvent.Arrived(ref, envelope, 10, now)));
        for (ReceiverAction action : List.copyOf(actions)) {
            if (action instanceof ReceiverAction.StagePart stage) {
                actions.addAll(happens(new ReceiverEvent.PartStaged(stage.ref(), stage.envelope(), stage.bodyBytes(), now)));
            }
        }
        return actions;
    }

    List<ReceiverAction> pollEnds() {
        return happens(new ReceiverEvent.PollEnded(now));
    }

    List<ReceiverAction> applied(long offset) {
        return happens(new ReceiverEvent.Applied(at(offset), now));
    }

    List<ReceiverAction> happens(ReceiverEvent event) {
        Step<ReceiverState, ReceiverAction> step = receiver.step(state, event);
        state = step.state();
        return step.actions();
    }

    void passes(Duration time) {
        now = now.plus(time);
    }

    Instant wakeAt() {
        return receiver.wakeAt(state);
    }

    static <A> A only(List<? super A> actions, Class<A> type) {
        List<A> found = actions.stream().filter(type::isInstance).map(type::cast).toList();
        if (found.size() != 1) {
            throw new AssertionError("one " + type.getSimpleName() + " in " + actions);
        }
        return found.get(0);
    }

    static boolean none(List<? extends ReceiverAction> actions, Class<? extends ReceiverAction> type) {
        return actions.stream().noneMatch(type::isInstance);
    }
}
