// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import dev.waybill.change.MalformedException;
import dev.waybill.delivery.Continuation;
import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.delivery.Envelopes;
import dev.waybill.delivery.MessageCutter;
import dev.waybill.delivery.Receiver;
import dev.waybill.delivery.ReceiverAction;
import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.delivery.ReceiverState;
import dev.waybill.delivery.Sender;
import dev.waybill.delivery.SenderAction;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.delivery.SenderState;
import dev.waybill.delivery.Standing;
import dev.waybill.delivery.Step;
import dev.waybill.delivery.Unit;
import dev.waybill.durable.DurableStep;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.BodyFrame;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** One process on one database: what a message agent does, with everything around the machines played. Its fields die with it. */
final class Node {

    /** The process has ended, in the middle of something. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Crash(String where) {
            super(where, null, false, false);
        }
    }

    /** The steps that the machines alone have; the others are those of whole nodes. */
    static final Set<DurableStep> STEPS = Collections.unmodifiableSet(EnumSet.of(DurableStep.SEQUENCE, DurableStep.SEND_MESSAGE, DurableStep.MARK_SENT, DurableStep.STAGE_PART, DurableStep.APPLY,
            DurableStep.MARK_RECEIVED, DurableStep.DELETE_MESSAGE, DurableStep.QUARANTINE, DurableStep.TRIM));

    private final class Peer {
        final String name;
        final Disk.Neighbour row;
        final Receiver receiver;
        final Sender sender;
        final Envelopes envelopes;
        ReceiverState receiving;
        SenderState sending;

        Peer(String name) {
            this.name = name;
            this.row = disk.neighbours.get(name);
            this.receiver = new Receiver(name, me, disk.incarnation, world.settings);
            this.sender = new Sender(name, disk.incarnation, world.settings);
            this.envelopes = new Envelopes(me, disk.incarnation, name, new Envelope.Limits(50_000, List.of(0), List.of()));
            this.receiving = ReceiverState.loaded(row.receiver, row.groups());
            SenderState.Kept kept = row.sender;
            this.sending = SenderState.loaded(new SenderState.Kept(row.receiver.senderIncarnation(), kept.resendCount(), kept.sent(), kept.confirmed(), kept.scanned(), kept.status(),
                    kept.reason(), kept.stream(), kept.base(), kept.standing()));
        }
    }

    private final World world;
    private final String me;
    private final Disk disk;
    private final Map<String, Peer> peers = new TreeMap<>();
    private final int bodyLimit;

    Node(World world, String me, Disk disk) {
        this.world = world;
        this.me = me;
        this.disk = disk;
        this.bodyLimit = 40 + world.random.nextInt(world.random.nextBoolean() ? 60 : 500);
        for (String name : disk.neighbours.keySet()) {
            peers.put(name, new Peer(name));
        }
    }

    void start() {
        for (Peer peer : peers.values()) {
            happen(peer, new ReceiverEvent.Started(now()));
            happen(peer, new SenderEvent.Started());
        }
    }

    /** One cycle: receive, apply, confirm, send. */
    void runOnce() {
        if (world.strikes(world.faults().partition() / 4)) {
            peers.values().forEach(peer -> happen(peer, new ReceiverEvent.LinkLost(now())));
        } else {
            for (Network.Letter letter : world.network.list(me, world.millis)) {
                arrived(letter);
            }
        }
        for (Peer peer : peers.values()) {
            happen(peer, new ReceiverEvent.PollEnded(now()));
            happen(peer, new ReceiverEvent.Tick(now()));
            if (peer.sending.kept().status() == DeliveryStatus.NEEDS_RESYNC) {
                beginAnew(peer);
            }
            happen(peer, world.chance(0.8) ? new SenderEvent.Due() : new SenderEvent.Tick());
        }
    }

    /** R11: whoever cannot be served from where it is gets everything as it is now; that and the new stream are one commit. */
    private void beginAnew(Peer peer) {
        beginAnew(peer, Standing.Word.NONE);
    }

    private void beginAnew(Peer peer, Standing.Word word) {
        Position base = disk.head();
        SenderState.Kept before = peer.sending.kept();
        SenderState anew = peer.sender.step(peer.sending, new SenderEvent.Restart(base, word), now(), disk).state();
        effect(DurableStep.SEQUENCE, () -> {
            if (word == Standing.Word.NONE && world.mutant.beginsWithSnapshot()) {
                world.snapshot(me, peer.name, disk);
            }
            peer.row.sender = anew.kept();
        });
        if (anew.kept().confirmed().offset().isBefore(before.confirmed().offset())) {
            throw new Chronicle.Violation("confirm_sent of " + me + " for " + peer.name + " went from " + before + " to " + anew.kept());
        }
        peer.sending = SenderState.loaded(anew.kept());
        happen(peer, new SenderEvent.Started());
        happen(peer, new SenderEvent.Due());
    }

    /** A person says: the other incarnation that was heard under this name is the right one. */
    void adopt(String name, UUID incarnation) {
        Peer peer = peers.get(name);
        if (!incarnation.equals(peer.receiving.kept().senderIncarnation()) && incarnation.equals(peer.receiving.kept().refused())) {
            happen(peer, new ReceiverEvent.Adopt(incarnation, now()));
        }
    }

    /** A person wants it, or a bound is reached. */
    void wantAnew(String name) {
        Peer peer = peers.get(name);
        if (peer.sending.kept().status() != DeliveryStatus.SPLIT_HISTORY && peer.sending.kept().peerIncarnation() != null) {
            beginAnew(peer);
        }
    }

    /** A person sees that the other one has everything, and says so: what it gets begins anew behind the head, without a snapshot. */
    void vouchFor(String name) {
        Peer peer = peers.get(name);
        if (peer.sending.kept().status() == DeliveryStatus.ACTIVE && peer.sending.kept().peerIncarnation() != null) {
            beginAnew(peer, Standing.Word.GIVEN);
        }
    }

    private void arrived(Network.Letter letter) {
        Peer peer = peers.get(letter.envelope().sender());
        if (Receiver.holds(peer.receiving, letter.name())) {
            return;
        }
        if (letter.corrupt() && !world.mutant.takesCorrupt()) {
            happen(peer, new ReceiverEvent.ArrivedUnfit(letter.name(), ReceiverEvent.Unfit.CORRUPT, "checksum", now()));
            return;
        }
        Envelope envelope = world.mutant.arriving(letter.envelope(), peer.receiving, disk.incarnation);
        happen(peer, new ReceiverEvent.Arrived(letter.name(), envelope, letter.body().length, now()));
    }

    private void happen(Peer peer, ReceiverEvent original) {
        ReceiverEvent event = world.mutant.event(original);
        ReceiverState before = peer.receiving;
        Step<ReceiverState, ReceiverAction> step = world.mutant.after(before, event, peer.receiver.step(before, event));
        world.trace(me, peer.name, event, step.actions());
        peer.receiving = step.state();
        if (!step.state().kept().equals(peer.row.receiver)) {
            effect(DurableStep.MARK_RECEIVED, () -> {
                if (step.state().kept().stream() > peer.row.receiver.stream()) {
                    world.reached(me, peer.name, step.state().kept().offset()); // it stands where the new stream begins, and says so
                }
                peer.row.receiver = step.state().kept();
            });
        }
        for (ReceiverAction action : step.actions()) {
            perform(peer, action);
        }
    }

    private void happen(Peer peer, SenderEvent original) {
        SenderEvent event = world.mutant.event(original, peer.sending);
        if (event == null) {
            return;
        }
        if (event instanceof SenderEvent.ConfirmationReceived confirmation) {
            world.checkConfirmation(me, peer.name, confirmation.position(), disk);
        }
        SenderState before = peer.sending;
        Step<SenderState, SenderAction> step = world.mutant.after(before, event, peer.sender.step(before, event, now(), world.mutant.view(disk)));
        world.trace(me, peer.name, event, step.actions());
        if (step.state().kept().confirmed().offset().isBefore(before.kept().confirmed().offset())) { // R8
            throw new Chronicle.Violation("confirm_sent of " + me + " for " + peer.name + " went from " + before.kept() + " to " + step.state().kept());
        }
        peer.sending = step.state();
        boolean mayWait = event instanceof SenderEvent.SentMessage && world.random.nextInt(3) > 0;
        if (!step.state().kept().equals(peer.row.sender) && !mayWait) {
            effect(DurableStep.MARK_SENT, () -> peer.row.sender = step.state().kept());
        }
        for (SenderAction action : step.actions()) {
            perform(peer, action);
        }
    }

    private void perform(Peer peer, ReceiverAction action) {
        if (action instanceof ReceiverAction.Apply apply) {
            apply(peer, apply);
        } else if (action instanceof ReceiverAction.StagePart stage) {
            byte[] body = world.network.read(me, stage.ref()).body();
            effect(DurableStep.STAGE_PART, () -> peer.row.staged.add(new Disk.StagedPart(stage.envelope(), body)));
            happen(peer, new ReceiverEvent.PartStaged(stage.ref(), stage.envelope(), stage.bodyBytes(), now()));
        } else if (action instanceof ReceiverAction.DropStaged drop) {
            effect(DurableStep.TRIM, () -> peer.row.staged.removeIf(part -> part.envelope().header().prev().isBefore(drop.before()) || part.envelope().stream().number() != drop.stream()));
        } else if (action instanceof ReceiverAction.DropGroup drop) {
            effect(DurableStep.TRIM, () -> peer.row.staged.removeIf(part -> part.envelope().header().prev().equals(drop.prev()) && part.envelope().part().cut().equals(drop.cut())));
        } else if (action instanceof ReceiverAction.Delete delete) {
            effect(DurableStep.DELETE_MESSAGE, () -> world.network.delete(me, delete.ref()));
        } else if (action instanceof ReceiverAction.Quarantine quarantine) {
            effect(DurableStep.QUARANTINE, () -> world.network.delete(me, quarantine.ref()));
        } else if (action instanceof ReceiverAction.TellSender tell) {
            happen(peer, tell.event());
        } else if (action instanceof ReceiverAction.Confirm) {
            send(peer, peer.envelopes.confirmation(moment(peer)), new byte[0]);
        } else if (action instanceof ReceiverAction.AskAgain ask) {
            send(peer, peer.envelopes.resendRequest(moment(peer), ask), new byte[0]);
        }
    }

    private void perform(Peer peer, SenderAction action) {
        if (action instanceof SenderAction.SendFrom from) {
            sendFrom(peer, from);
        } else if (action instanceof SenderAction.SendHeartbeat heartbeat) {
            send(peer, peer.envelopes.heartbeat(moment(peer), heartbeat), new byte[0]);
        } else if (action instanceof SenderAction.SendHello hello) {
            send(peer, peer.envelopes.hello(moment(peer), hello), new byte[0]);
        }
    }

    private void sendFrom(Peer peer, SenderAction.SendFrom from) {
        MessageCutter cutter = new MessageCutter(from.prev(), from.epoch(), bodyLimit, bodyLimit, new byte[0], from.held(), piece -> {
            send(peer, peer.envelopes.inChain(moment(peer), piece.kind(), piece.header(), piece.prevDigest(), piece.part()), piece.body());
            happen(peer, new SenderEvent.SentMessage(piece.header(), piece.digestAtLast()));
        });
        LogOffset scanned = from.scanFrom();
        int most = 1 + world.random.nextInt(20);
        try {
            for (Disk.Entry entry : disk.after(from.scanFrom())) {
                if (entry.offset().isAfter(disk.trimmedTo.offset()) && most-- > 0) {
                    boolean snapshot = world.isSnapshotFor(entry.transaction().id(), peer.name);
                    OutputStream out = cutter.transaction(snapshot ? MessageKind.SNAPSHOT : MessageKind.DATA, entry.offset(), entry.digest());
                    if (entry.transaction().audience().contains(peer.name) || snapshot) {
                        out.write(Disk.encode(entry.transaction().id(), entry.sizeBytes()));
                    }
                    out.close();
                    scanned = entry.offset();
                }
            }
            cutter.flush();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        happen(peer, new SenderEvent.Scanned(scanned, from.epoch(), from.stream()));
    }

    private void apply(Peer peer, ReceiverAction.Apply apply) {
        Position at = apply.from();
        List<Long> ids = new ArrayList<>();
        for (Unit unit : apply.units()) {
            ReceiverEvent.ApplyFailed failure = null;
            Continuation continuation = unit.continuing(at);
            List<Long> ofUnit = new ArrayList<>();
            try {
                failure = read(peer, unit, continuation, ofUnit);
            } catch (IOException e) {
                failure = new ReceiverEvent.ApplyFailed(unit, ReceiverEvent.Failure.POISON, e.toString(), now());
            }
            if (failure == null && world.strikes(world.faults().failApply())) {
                failure = new ReceiverEvent.ApplyFailed(unit, ReceiverEvent.Failure.TRANSIENT, "lock", now());
            }
            if (failure != null) {
                commit(peer, ids, at);
                happen(peer, failure);
                return;
            }
            ids.addAll(ofUnit);
            at = continuation.reached();
            if (world.random.nextBoolean()) {
                commit(peer, ids, at);
                ids = new ArrayList<>();
            }
        }
        commit(peer, ids, at);
    }

    private ReceiverEvent.ApplyFailed read(Peer peer, Unit unit, Continuation continuation, List<Long> ids) throws IOException {
        byte[] body = unit instanceof Unit.Whole whole ? wholeBody(whole) : assemble(peer, (Unit.Group) unit);
        if (body == null) {
            return new ReceiverEvent.ApplyFailed(unit, ReceiverEvent.Failure.LOST, "gone", now());
        }
        List<BodyFrame> frames = unit instanceof Unit.Whole ? BodyFrame.of(body) : List.of(BodyFrame.head(new ByteArrayInputStream(body)));
        for (BodyFrame frame : frames) {
            int length = (int) (frame.length() < 0 ? body.length - frame.start() : frame.length());
            Continuation.Verdict verdict = world.mutant.verdict(continuation.transaction(frame.offset(), frame.digest()));
            switch (verdict) {
                case SKIP -> { }
                case APPLY -> {
                    long id = Disk.decode(Arrays.copyOfRange(body, frame.start(), frame.start() + length));
                    if (world.isPoison(id)) {
                        return new ReceiverEvent.ApplyFailed(unit, ReceiverEvent.Failure.POISON, "transaction " + id, now());
                    }
                    ids.add(id);
                }
                case SPLIT -> {
                    return new ReceiverEvent.ApplyFailed(unit, ReceiverEvent.Failure.SPLIT, "split at " + frame, now());
                }
                case UNVERIFIED -> {
                    return new ReceiverEvent.ApplyFailed(unit, ReceiverEvent.Failure.UNVERIFIED, "not verified", now());
                }
                case MALFORMED -> throw new MalformedException("offsets of " + unit);
            }
        }
        return continuation.isWhole() ? null : new ReceiverEvent.ApplyFailed(unit, ReceiverEvent.Failure.POISON, "not whole", now());
    }

    private byte[] wholeBody(Unit.Whole whole) {
        Network.Letter letter = world.network.read(me, whole.ref());
        return letter == null ? null : letter.body();
    }

    private byte[] assemble(Peer peer, Unit.Group group) {
        Map<Integer, Disk.StagedPart> parts = new TreeMap<>();
        for (Disk.StagedPart part : peer.row.staged) {
            if (part.envelope().header().prev().equals(group.prev()) && part.envelope().part().cut().equals(group.cut())) {
                parts.put(part.envelope().header().sequence(), part);
            }
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (Disk.StagedPart part : parts.values().stream().sorted(Comparator.comparing(one -> one.envelope().header().sequence())).toList()) {
            if (part.envelope().part().fromByte() != whole.size()) {
                return null;
            }
            whole.writeBytes(part.body());
        }
        return whole.toByteArray();
    }

    private void commit(Peer peer, List<Long> ids, Position at) {
        if (at.equals(new Position(peer.row.receiver.senderIncarnation(), peer.row.receiver.offset(), peer.row.receiver.digest()))) {
            return;
        }
        ReceiverState.Kept kept = peer.row.receiver;
        ReceiverState.Kept moved = kept.at(at.offset(), at.digest());
        effect(DurableStep.APPLY, () -> {
            ids.forEach(id -> world.show(id, peer.row.applied));
            world.reached(me, peer.name, at.offset());
            if (world.mutant.isAtomic()) {
                peer.row.receiver = moved;
            }
        });
        if (!world.mutant.isAtomic()) {
            effect(DurableStep.APPLY, () -> peer.row.receiver = moved);
        }
        world.check(me, peer.name, disk);
        happen(peer, new ReceiverEvent.Applied(at, now()));
    }

    private void send(Peer peer, Envelope envelope, byte[] body) {
        boolean bare = !world.mutant.confirmationsRide() && envelope.kind() != MessageKind.CONFIRMATION;
        Envelope letter = bare ? unconfirming(envelope) : envelope;
        effect(DurableStep.SEND_MESSAGE, () -> world.network.send(letter, body, world.millis, world.faults()));
        world.traceSent(letter);
        if (envelope.confirmation() != null) {
            happen(peer, new ReceiverEvent.Spoke(envelope.confirmation(), now()));
        }
    }

    private static Envelope unconfirming(Envelope envelope) {
        return new Envelope(envelope.kind(), envelope.sender(), envelope.recipient(), envelope.senderIncarnation(), envelope.recipientIncarnation(), envelope.messageId(),
                envelope.header(), envelope.prevDigest(), null, envelope.resendRequest(), envelope.head(), envelope.sentAt(), envelope.part(), envelope.limits(),
                envelope.extensions());
    }

    private Envelopes.Moment moment(Peer peer) {
        return new Envelopes.Moment(peer.receiving, peer.sending, disk.head(), new UUID(world.random.nextLong(), world.random.nextLong()), now());
    }

    /** Every effect that outlives the process: it may end before or after each. */
    private void effect(DurableStep step, Runnable change) {
        mayEnd(step, Side.BEFORE);
        change.run();
        mayEnd(step, Side.AFTER);
    }

    private void mayEnd(DurableStep step, Side side) {
        if (world.strikes(world.faults().crash())) {
            world.hits.count(step, side);
            throw new Crash(side.name().toLowerCase(Locale.ROOT) + " " + step);
        }
    }

    /** When something can happen here by itself. */
    long wakeAt() {
        long next = world.network.nextArrival(me, world.millis);
        for (Peer peer : peers.values()) {
            next = Math.min(next, millis(peer.receiver.wakeAt(peer.receiving)));
            next = Math.min(next, millis(peer.sender.wakeAt(peer.sending)));
        }
        return next;
    }

    Map<String, String> statuses() {
        Map<String, String> statuses = new HashMap<>();
        peers.forEach((name, peer) -> statuses.put(name, peer.sending.kept().status() + "/" + peer.receiving.kept().status()));
        return statuses;
    }

    private static long millis(Instant instant) {
        return instant == null ? Long.MAX_VALUE : instant.toEpochMilli() + 1;
    }

    private Instant now() {
        return Instant.ofEpochMilli(world.millis);
    }
}
