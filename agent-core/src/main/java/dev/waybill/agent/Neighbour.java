// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.DeliverySettings;
import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.delivery.Envelopes;
import dev.waybill.delivery.JournalView;
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
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageCodec;
import dev.waybill.publication.PoisonPolicy;
import dev.waybill.publication.RemoteUser;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One database directly above or below, as the agent sees it: both machines, their states, and what they want done next. Events go in at any time; what they want done waits here until the agent has committed the
 * states. One thread.
 */
final class Neighbour {

    private RemoteUser user;
    private final Sender sender;
    private final Receiver receiver;
    private final Supplier<Envelopes> envelopes;
    private final JournalView journal;
    private final Compression compression = new Compression();
    private final Deque<Task> tasks = new ArrayDeque<>();
    private SenderState sending;
    private ReceiverState receiving;
    private Heard heard;
    private DeliveryStore.Row saved;
    private String linkTrouble;
    private PoisonPolicy once;
    private List<Integer> codecs;
    private List<String> acceptedKeys;
    private Instant now = Instant.EPOCH;
    private int epochServed;

    /** Something that a machine wants done. */
    sealed interface Task {
        /** By the receiving end. */
        record ForReceiver(ReceiverAction action) implements Task {}

        /** By the sending end. */
        record ForSender(SenderAction action) implements Task {}
    }

    Neighbour(RemoteUser user, String me, UUID mine, DeliverySettings settings, Supplier<Envelope.Limits> limits, JournalView journal, DeliveryStore.Row row, ReceiverState receiving) {
        this.user = user;
        this.sender = new Sender(user.name(), mine, settings);
        this.receiver = new Receiver(user.name(), me, mine, settings);
        this.envelopes = () -> new Envelopes(me, mine, user.name(), limits.get());
        this.journal = journal;
        this.sending = SenderState.loaded(row.sender());
        this.receiving = receiving;
        this.heard = row.heard();
        this.codecs = heard.maxMessageBytes() == 0 ? List.of(MessageCodec.PLAIN) : MessageCodec.EVERYBODYS;
        this.linkTrouble = row.linkTrouble();
        this.saved = row;
        this.epochServed = row.sender().resendCount();
    }

    RemoteUser user() {
        return user;
    }

    /** The catalogue has other words for it now (address, schedule, what is done with poison); the exchange goes on, and what is halted under another policy is tried again at once. */
    void renamed(RemoteUser changed, Instant at) {
        boolean otherPolicy = user.poison() != changed.poison();
        user = changed;
        if (otherPolicy && receiving.kept().status() == DeliveryStatus.HALTED) {
            tell(new ReceiverEvent.Resume(at));
        }
    }

    /** What is done with a transaction that cannot be applied. */
    PoisonPolicy poison() {
        return once == null ? user.poison() : once;
    }

    /** A person wants the transaction at which it halts put aside, or (null) nothing of the kind. */
    void once(PoisonPolicy policy, Instant at) {
        boolean isNew = policy != null && policy != once;
        once = policy;
        if (isNew && receiving.kept().status() == DeliveryStatus.HALTED) {
            tell(new ReceiverEvent.Resume(at));
        }
    }

    boolean isOnce() {
        return once != null;
    }

    String name() {
        return user.name();
    }

    SenderState sending() {
        return sending;
    }

    ReceiverState receiving() {
        return receiving;
    }

    Envelopes envelopes() {
        return envelopes.get();
    }

    /** Whether it has, as it says, less than it sent, or something else: it was restored from a backup. */
    boolean wentBack() {
        return heard.headReceived().isBefore(receiving.kept().offset()) || receiving.kept().status() == DeliveryStatus.SPLIT_HISTORY;
    }

    Heard heard() {
        return heard;
    }

    void heard(Heard newer) {
        heard = newer;
    }

    /** Whether this is the first that it gets in this epoch, because it has asked for something again. */
    boolean isServedAnew(int epoch) {
        boolean anew = epoch > epochServed;
        epochServed = Math.max(epochServed, epoch);
        return anew;
    }

    /** How well what goes to it compresses. */
    Compression compression() {
        return compression;
    }

    /** The longest message that may go to it, when this is our own limit. */
    int longestMessage(int own) {
        return heard.maxMessageBytes() == 0 ? own : Math.min(own, heard.maxMessageBytes());
    }

    /** What it can decompress, as heard since this agent began; until then what everybody can, and nothing while it was never heard at all. */
    List<Integer> codecs() {
        return codecs;
    }

    /** The keys of this database that it trusts, as heard since this agent began; null until then. */
    List<String> acceptedKeys() {
        return acceptedKeys;
    }

    /** It said so. */
    void limits(Envelope.Limits said) {
        codecs = said.codecs();
        acceptedKeys = said.keyIds();
    }

    /** Why nothing can be handed over to it now; null while it can. Shown in its row. */
    void linkTrouble(String text) {
        linkTrouble = text;
    }

    /** Whether nothing could be handed over to it the last time. */
    boolean isCutOff() {
        return linkTrouble != null;
    }

    /** What a message to it says besides its own matter, at this moment. */
    Envelopes.Moment moment(Position head, UUID messageId, Instant at) {
        return new Envelopes.Moment(receiving, sending, head, messageId, at);
    }

    void tell(ReceiverEvent event) {
        now = event.now();
        Step<ReceiverState, ReceiverAction> step = receiver.step(receiving, event);
        receiving = step.state();
        for (ReceiverAction action : step.actions()) {
            if (action instanceof ReceiverAction.TellSender told) {
                tell(told.event(), now);
            } else {
                tasks.add(new Task.ForReceiver(action));
            }
        }
    }

    void tell(SenderEvent event, Instant at) {
        now = at;
        Step<SenderState, SenderAction> step = sender.step(sending, event, at, journal);
        sending = step.state();
        step.actions().forEach(this::want);
    }

    /** Of several heartbeats that wait the last one says everything: an agent that finds many words of its neighbour answers once. */
    private void want(SenderAction action) {
        if (action instanceof SenderAction.SendHeartbeat) {
            tasks.removeIf(task -> task instanceof Task.ForSender waiting && waiting.action() instanceof SenderAction.SendHeartbeat);
        }
        tasks.add(new Task.ForSender(action));
    }

    /** What is on record of it once its stream begins anew after this position, the head; that is put on record by whoever asks. */
    DeliveryStore.Row begunAnew(Position base, Instant at) {
        return after(new SenderEvent.Restart(base, Standing.Word.NONE), at);
    }

    /** What is on record of it once this has happened; that is put on record by whoever asks, who then begins from the record. */
    DeliveryStore.Row after(SenderEvent event, Instant at) {
        return new DeliveryStore.Row(sender.step(sending, event, at, journal).state().kept(), receiving.kept(), heard, linkTrouble);
    }

    /** The next thing to be done, or null; only when {@link #isSaved}. */
    Task next() {
        return tasks.poll();
    }

    boolean hasTasks() {
        return !tasks.isEmpty();
    }

    /** The next thing without taking it, or null. */
    Task peek() {
        return tasks.peek();
    }

    /** Whether the part of the states that must outlive a crash is on record. */
    boolean isSaved() {
        return saved.isSameStateAs(row());
    }

    /** Whether there is something to be put on record that messages speak of: what was received, or another epoch. */
    boolean hasSomethingToSay() {
        return !saved.receiver().equals(receiving.kept()) || saved.sender().resendCount() != sending.kept().resendCount();
    }

    /** Whether anything at all has changed, counters included. */
    boolean isTidy() {
        return saved.equals(row());
    }

    DeliveryStore.Row row() {
        return new DeliveryStore.Row(sending.kept(), receiving.kept(), heard, linkTrouble);
    }

    /** This row was committed. */
    void saved(DeliveryStore.Row row) {
        saved = row;
    }

    /** The applier committed this position with what it applied. */
    void applied(Position position, Instant at) {
        tell(new ReceiverEvent.Applied(position, at));
        ReceiverState.Kept kept = saved.receiver();
        saved = new DeliveryStore.Row(saved.sender(),
                kept.at(position.offset(), position.digest()), saved.heard(),
                saved.linkTrouble());
    }

    /** Whether the row, as it is on record now, is the one that this neighbour goes by; false when a person or a statement changed it. */
    boolean goesBy(DeliveryStore.Row onRecord) {
        return saved.isSameStateAs(onRecord);
    }

    /** When time alone matters to it next; null when only arrivals do. */
    Instant wakeAt() {
        Instant one = sender.wakeAt(sending);
        Instant other = receiver.wakeAt(receiving);
        return one == null || other != null && other.isBefore(one) ? other : one;
    }

    /** Whether everything flows in both directions. */
    boolean isWell() {
        return linkTrouble == null && sending.kept().reason() == null && receiving.kept().reason() == null;
    }
}
