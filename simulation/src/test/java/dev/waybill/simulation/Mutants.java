// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import dev.waybill.delivery.Continuation;
import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.delivery.JournalView;
import dev.waybill.delivery.ReceiverAction;
import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.delivery.ReceiverState;
import dev.waybill.delivery.SenderAction;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.delivery.SenderState;
import dev.waybill.delivery.StagedGroup;
import dev.waybill.delivery.Step;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageHeader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Each rule broken once. The simulator must find every one; this measures the simulator. */
final class Mutants {

    private Mutants() {}

    static Map<String, Supplier<Mutant>> all() {
        Map<String, Supplier<Mutant>> mutants = new LinkedHashMap<>();
        mutants.put("R0 whoever sends is believed to be the one that is known", BelievesAnySender::new);
        mutants.put("R1 the digest at log_received is not compared", ComparesNoDigest::new);
        mutants.put("R1 transactions at or below log_received are applied again", SkipsNothing::new);
        mutants.put("R1 data and position are committed apart", CommitsApart::new);
        mutants.put("R1 an incomplete group counts as complete", TakesIncompleteGroups::new);
        mutants.put("R2 the epoch is not looked at", LooksAtNoEpoch::new);
        mutants.put("R2 a newer epoch is ignored instead of asking above it", IgnoresNewerEpoch::new);
        mutants.put("R3 duplicates are not confirmed again and heartbeats neither", ConfirmsOnce::new);
        mutants.put("R3 cuts are mixed", MixesCuts::new);
        mutants.put("R4 a gap is not seen", SeesNoGap::new);
        mutants.put("R4 parts that were there once count as there for ever", RemembersParts::new);
        mutants.put("R4 parts are left out that nobody said to have", LeavesOutTheNextPart::new);
        mutants.put("R5 nothing is asked for again", () -> without(ReceiverAction.AskAgain.class::isInstance));
        mutants.put("R5 a request is sent once only", () -> without(action -> action instanceof ReceiverAction.AskAgain ask && ask.attempt() > 1));
        mutants.put("R6 requests are ignored", HearsNoRequest::new);
        mutants.put("R6 a rewind goes to confirm_sent instead of where was asked from", RewindsToConfirmed::new);
        mutants.put("R6 old requests rewind again", RewindsForOldRequests::new);
        mutants.put("R6 a rewind forgets to look through the journal again", RewindsWithoutScanning::new);
        mutants.put("R7 what is corrupt is taken", TakesCorrupt::new);
        mutants.put("R8 nothing is confirmed", NeverConfirms::new);
        mutants.put("R8 the confirmation goes back", ConfirmsBackwards::new);
        mutants.put("R8 a confirmation speaks of what is not applied", ConfirmsTooEarly::new);
        mutants.put("R9 no heartbeat", () -> withoutSending(SenderAction.SendHeartbeat.class::isInstance));
        mutants.put("R9 the heartbeat says the head instead of what was sent", HeartbeatOfHead::new);
        mutants.put("R9 no hello", () -> withoutSending(SenderAction.SendHello.class::isInstance));
        mutants.put("R10 any position is believed to be in the journal", BelievesAnyPosition::new);
        mutants.put("R11 what is owed is trimmed", OwesNothing::new);
        mutants.put("R11 a bound is reached and nobody is told that he is owed what is gone", TrimsSilently::new);
        mutants.put("R11 staged parts outlive the stream that they belong to", KeepsPartsOfOldStreams::new);
        mutants.put("R11 a sender that went back does not hear that its stream had begun anew", HearsOfNoHigherStream::new);
        mutants.put("R11 who is still in an older stream is not brought to the beginning of the present one", LeavesBehind::new);
        mutants.put("R11 who went back and began anew with the same number serves those who are in the other stream", ServesTheOtherStream::new);
        mutants.put("R11 the number of a stream is lost with the process", ForgetsTheNumber::new);
        mutants.put("R11 a stream begins anew without all that the subscriber is to get", BeginsWithNothing::new);
        mutants.put("R11 a receiver does not hear that a stream began anew", HearsNoBeginning::new);
        mutants.put("R11 who was vouched for and went back to the time before follows all the same", FollowsWhateverItHas::new);
        mutants.put("R11 that somebody does not follow a stream is not heard", HearsNoDeclining::new);
        mutants.put("R12 a failure that passes halts for ever", NeverRetries::new);
        return mutants;
    }

    private static Mutant without(Predicate<ReceiverAction> dropped) {
        return new Mutant() {
            @Override
            Step<ReceiverState, ReceiverAction> after(ReceiverState before, ReceiverEvent event, Step<ReceiverState, ReceiverAction> step) {
                return new Step<>(step.state(), step.actions().stream().filter(dropped.negate()).toList());
            }
        };
    }

    private static Mutant withoutSending(Predicate<SenderAction> dropped) {
        return new Mutant() {
            @Override
            Step<SenderState, SenderAction> after(SenderState before, SenderEvent event, Step<SenderState, SenderAction> step) {
                return new Step<>(step.state(), step.actions().stream().filter(dropped.negate()).toList());
            }
        };
    }

    private static Envelope with(Envelope envelope, MessageHeader header, Digest prevDigest, Envelope.Part part) {
        return new Envelope(envelope.kind(), envelope.sender(), envelope.recipient(), envelope.senderIncarnation(), envelope.recipientIncarnation(), envelope.messageId(), header,
                prevDigest, envelope.confirmation(), envelope.resendRequest(), envelope.head(), envelope.sentAt(), part, envelope.limits(), envelope.extensions());
    }

    private static SenderState kept(SenderState state, Position sent, Position confirmed, LogOffset scanned) {
        SenderState.Kept kept = state.kept();
        return new SenderState(new SenderState.Kept(kept.peerIncarnation(), kept.resendCount(), sent, confirmed, scanned, kept.status(), kept.reason(), kept.stream(), kept.base(), kept.standing()), state.passing());
    }

    private static final class ServesTheOtherStream extends Mutant {
        @Override
        Faults faults() {
            return new Faults(0.3, 0, 0, 0.1, 0, 0.1, 0, 0, 0, true, 0, 0, 0.2);
        }

        @Override
        Step<SenderState, SenderAction> after(SenderState before, SenderEvent event, Step<SenderState, SenderAction> step) {
            SenderState.Kept kept = before.kept();
            if (event instanceof SenderEvent.ConfirmationReceived said && isOther(said.position(), said.stream(), kept)) {
                return new Step<>(before, List.of());
            }
            if (event instanceof SenderEvent.ResendRequested asked && asked.request().from() != null && isOther(asked.request().from(), asked.stream(), kept)) {
                Position from = asked.request().from();
                SenderState served = new SenderState(new SenderState.Kept(kept.peerIncarnation(), asked.request().epoch(), from, kept.confirmed(), from.offset(), kept.status(), kept.reason(), kept.stream(), kept.base(), kept.standing()),
                        before.passing());
                return new Step<>(served, List.of(new SenderAction.SendFrom(from, from.offset(), asked.request().epoch(), kept.stream(), List.of())));
            }
            return step;
        }

        private static boolean isOther(Position position, int stream, SenderState.Kept kept) {
            return stream == kept.stream() && position.incarnation().equals(kept.base().incarnation()) && position.offset().isBefore(kept.base().offset());
        }
    }

    private static final class BelievesAnySender extends Mutant {
        @Override
        Faults faults() {
            return new Faults(0.2, 0.2, 0, 0.3, 0, 0, 0, 0, 0, false, 0, 0.2);
        }

        @Override
        Envelope arriving(Envelope envelope, ReceiverState state, UUID me) {
            UUID known = state.kept().senderIncarnation();
            return new Envelope(envelope.kind(), envelope.sender(), envelope.recipient(), known == null ? envelope.senderIncarnation() : known, me, envelope.messageId(),
                    envelope.header(), envelope.prevDigest(), envelope.confirmation(), envelope.resendRequest(), envelope.head(), envelope.sentAt(), envelope.part(),
                    envelope.limits(), envelope.extensions());
        }
    }

    private static final class ComparesNoDigest extends Mutant {
        @Override
        Faults faults() {
            return new Faults(0.1, 0.1, 0, 0.1, 0, 0.2, 0, 0, 0, true, 0, 0);
        }

        @Override
        Envelope arriving(Envelope envelope, ReceiverState state, UUID me) {
            boolean here = envelope.header().prev().equals(state.kept().offset()) && envelope.kind().isInChain();
            return here ? with(envelope, envelope.header(), state.kept().digest(), envelope.part()) : envelope;
        }

        @Override
        Continuation.Verdict verdict(Continuation.Verdict verdict) {
            return verdict == Continuation.Verdict.SPLIT || verdict == Continuation.Verdict.UNVERIFIED ? Continuation.Verdict.APPLY : verdict;
        }
    }

    private static final class SkipsNothing extends Mutant {
        @Override
        Continuation.Verdict verdict(Continuation.Verdict verdict) {
            return verdict == Continuation.Verdict.SKIP ? Continuation.Verdict.APPLY : verdict;
        }
    }

    private static final class CommitsApart extends Mutant {
        @Override
        boolean isAtomic() {
            return false;
        }
    }

    private static final class TakesIncompleteGroups extends Mutant {
        @Override
        Step<ReceiverState, ReceiverAction> after(ReceiverState before, ReceiverEvent event, Step<ReceiverState, ReceiverAction> step) {
            List<StagedGroup> groups = step.state().staged().stream().map(TakesIncompleteGroups::completed).toList();
            return new Step<>(new ReceiverState(step.state().kept(), groups, step.state().passing()), step.actions());
        }

        private static StagedGroup completed(StagedGroup group) {
            if (group.lastSequence() < 0 || group.isComplete()) {
                return group;
            }
            StagedGroup all = StagedGroup.empty(group.prev(), group.cut(), group.prevDigest());
            for (int i = 0; i < group.lastSequence(); i++) {
                all = all.with(i, 0);
            }
            return all.withLast(group.lastSequence(), (int) group.totalBytes(), group.last(), group.totalBytes());
        }
    }

    private static final class LooksAtNoEpoch extends Mutant {
        @Override
        Envelope arriving(Envelope envelope, ReceiverState state, UUID me) {
            MessageHeader header = envelope.header();
            return with(envelope, new MessageHeader(state.kept().rereceiveCount(), header.prev(), header.last(), header.sequence()), envelope.prevDigest(), envelope.part());
        }
    }

    private static final class IgnoresNewerEpoch extends Mutant {
        @Override
        Step<ReceiverState, ReceiverAction> after(ReceiverState before, ReceiverEvent event, Step<ReceiverState, ReceiverAction> step) {
            boolean newer = event instanceof ReceiverEvent.Arrived arrived && arrived.envelope().header().resendCount() > before.kept().rereceiveCount()
                    && before.kept().senderIncarnation() != null;
            return newer ? new Step<>(before, List.of(new ReceiverAction.Delete(((ReceiverEvent.Arrived) event).ref(), "newer"))) : step;
        }
    }

    private static final class ConfirmsOnce extends Mutant {
        @Override
        Step<ReceiverState, ReceiverAction> after(ReceiverState before, ReceiverEvent event, Step<ReceiverState, ReceiverAction> step) {
            boolean again = before.kept().confirmed().equals(before.kept().offset());
            return new Step<>(step.state(), step.actions().stream().filter(action -> !(again && action instanceof ReceiverAction.Confirm)).toList());
        }

        @Override
        boolean confirmationsRide() {
            return false;
        }
    }

    private static final class MixesCuts extends Mutant {
        @Override
        Envelope arriving(Envelope envelope, ReceiverState state, UUID me) {
            Envelope.Part part = envelope.part();
            return part == null ? envelope : with(envelope, envelope.header(), envelope.prevDigest(), new Envelope.Part(Digest.ZERO, part.fromByte(), part.totalBytes()));
        }
    }

    private static final class SeesNoGap extends Mutant {
        @Override
        Envelope arriving(Envelope envelope, ReceiverState state, UUID me) {
            MessageHeader header = envelope.header();
            LogOffset here = state.kept().offset();
            if (!header.isWhole() || !envelope.kind().isInChain() || !header.prev().isAfter(here)) {
                return envelope;
            }
            return with(envelope, new MessageHeader(header.resendCount(), here, header.last(), 0), state.kept().digest(), null);
        }
    }

    private static final class RemembersParts extends Mutant {

        private final List<Envelope.Held> heard = new ArrayList<>();

        @Override
        Faults faults() {
            return new Faults(0.3, 0.1, 0, 0.2, 0.01, 0.1, 0, 0, 0, false, 0, 0);
        }

        @Override
        Step<SenderState, SenderAction> after(SenderState before, SenderEvent event, Step<SenderState, SenderAction> step) {
            if (event instanceof SenderEvent.ResendRequested asked) {
                heard.addAll(asked.held());
            }
            return sending(step, held -> heard);
        }

        static Step<SenderState, SenderAction> sending(Step<SenderState, SenderAction> step, UnaryOperator<List<Envelope.Held>> held) {
            return new Step<>(step.state(), step.actions().stream().map(action -> action instanceof SenderAction.SendFrom from
                    ? new SenderAction.SendFrom(from.prev(), from.scanFrom(), from.epoch(), from.stream(), held.apply(from.held())) : action).toList());
        }
    }

    private static final class LeavesOutTheNextPart extends Mutant {

        @Override
        Step<SenderState, SenderAction> after(SenderState before, SenderEvent event, Step<SenderState, SenderAction> step) {
            return RemembersParts.sending(step, held -> held.stream().map(LeavesOutTheNextPart::oneMore).toList());
        }

        private static Envelope.Held oneMore(Envelope.Held held) {
            BitSet parts = held.parts();
            parts.set(parts.nextClearBit(0));
            return new Envelope.Held(held.cut(), parts);
        }
    }

    private static final class HearsNoRequest extends Mutant {
        @Override
        SenderEvent event(SenderEvent event, SenderState state) {
            return event instanceof SenderEvent.ResendRequested || event instanceof SenderEvent.HelloReceived hello && hello.request() != null ? null : event;
        }
    }

    private static final class RewindsToConfirmed extends Mutant {
        @Override
        SenderEvent event(SenderEvent event, SenderState state) {
            if (event instanceof SenderEvent.ResendRequested asked) {
                return new SenderEvent.ResendRequested(new Envelope.ResendRequest(asked.request().incarnation(), asked.request().epoch(), state.kept().confirmed()), asked.stream(), asked.held());
            }
            return event instanceof SenderEvent.HelloReceived hello && hello.request() != null ? new SenderEvent.HelloReceived(hello.from(),
                    new Envelope.ResendRequest(hello.request().incarnation(), hello.request().epoch(), state.kept().confirmed()), hello.stream(), hello.held()) : event;
        }
    }

    private static final class RewindsForOldRequests extends Mutant {
        @Override
        SenderEvent event(SenderEvent event, SenderState state) {
            if (event instanceof SenderEvent.ResendRequested asked) {
                return new SenderEvent.ResendRequested(new Envelope.ResendRequest(asked.request().incarnation(), state.kept().resendCount() + 1, asked.request().from()), asked.stream(), asked.held());
            }
            return event;
        }
    }

    private static final class RewindsWithoutScanning extends Mutant {
        @Override
        Step<SenderState, SenderAction> after(SenderState before, SenderEvent event, Step<SenderState, SenderAction> step) {
            SenderState.Kept kept = step.state().kept();
            if (!kept.scanned().isBefore(before.kept().scanned())) {
                return step;
            }
            return new Step<>(kept(step.state(), kept.sent(), kept.confirmed(), before.kept().scanned()), List.of());
        }
    }

    private static final class TakesCorrupt extends Mutant {
        @Override
        boolean takesCorrupt() {
            return true;
        }
    }

    private static final class NeverConfirms extends Mutant {
        @Override
        Step<ReceiverState, ReceiverAction> after(ReceiverState before, ReceiverEvent event, Step<ReceiverState, ReceiverAction> step) {
            return new Step<>(step.state(), step.actions().stream().filter(action -> !(action instanceof ReceiverAction.Confirm)).toList());
        }

        @Override
        boolean confirmationsRide() {
            return false;
        }
    }

    private static final class ConfirmsBackwards extends Mutant {
        @Override
        Step<SenderState, SenderAction> after(SenderState before, SenderEvent event, Step<SenderState, SenderAction> step) {
            SenderState.Kept kept = step.state().kept();
            boolean older = event instanceof SenderEvent.ConfirmationReceived heard && heard.position().offset().isBefore(kept.confirmed().offset())
                    && heard.position().incarnation().equals(kept.sent().incarnation()) && kept.status() == DeliveryStatus.ACTIVE;
            return older ? new Step<>(kept(step.state(), kept.sent(), ((SenderEvent.ConfirmationReceived) event).position(), kept.scanned()), step.actions()) : step;
        }
    }

    private static final class ConfirmsTooEarly extends Mutant {
        @Override
        SenderEvent event(SenderEvent event, SenderState state) {
            return event instanceof SenderEvent.ConfirmationReceived heard && heard.position().incarnation().equals(state.kept().sent().incarnation())
                    ? new SenderEvent.ConfirmationReceived(state.kept().sent(), state.kept().stream()) : event;
        }
    }

    private static final class HeartbeatOfHead extends Mutant {
        private Position head;

        @Override
        Step<SenderState, SenderAction> after(SenderState before, SenderEvent event, Step<SenderState, SenderAction> step) {
            List<SenderAction> actions = new ArrayList<>();
            for (SenderAction action : step.actions()) {
                actions.add(action instanceof SenderAction.SendHeartbeat heartbeat && head != null ? new SenderAction.SendHeartbeat(head, heartbeat.epoch()) : action);
            }
            return new Step<>(step.state(), actions);
        }

        @Override
        JournalView view(JournalView journal) {
            head = journal.head();
            return journal;
        }
    }

    private static final class BelievesAnyPosition extends Mutant {
        private Position claimed;

        @Override
        SenderEvent event(SenderEvent event, SenderState state) {
            if (event instanceof SenderEvent.ConfirmationReceived heard) {
                claimed = heard.position();
            } else if (event instanceof SenderEvent.ResendRequested asked) {
                claimed = asked.request().from();
            } else if (event instanceof SenderEvent.HelloReceived hello && hello.request() != null) {
                claimed = hello.request().from();
            }
            return event;
        }

        @Override
        JournalView view(JournalView journal) {
            Position far = new Position(journal.head().incarnation(), new LogOffset(Long.MAX_VALUE), journal.head().digest());
            return new JournalView() {
                @Override
                public Position head() {
                    return claimed != null && claimed.offset().isAfter(journal.head().offset()) ? far : journal.head();
                }

                @Override
                public Position trimmedTo() {
                    return journal.trimmedTo();
                }

                @Override
                public Optional<Position> at(LogOffset offset) {
                    return Optional.ofNullable(claimed);
                }
            };
        }
    }

    private static final class OwesNothing extends Mutant {
        @Override
        LogOffset owed(LogOffset owed, LogOffset head) {
            return head;
        }
    }

    private static final Faults ANEW = new Faults(0.2, 0.3, 0.02, 0.4, 0.02, 0.02, 0.02, 0.1, 0, false, 0, 0, 0.1);

    /** Receivers are restored, and people vouch for them: rarely, unless links are good, since a receiver has to have everything. */
    private static final Faults VOUCHED = new Faults(0.05, 0.05, 0, 0.05, 0.01, 0.15, 0, 0, 0, false, 0, 0, 0.5);

    private static final class TrimsSilently extends Mutant {

        @Override
        Faults faults() {
            return ANEW;
        }

        @Override
        boolean saysThatItTrimmed() {
            return false;
        }

        /** The sender does not look either. */
        @Override
        JournalView view(JournalView journal) {
            return new JournalView() {
                @Override
                public Position head() {
                    return journal.head();
                }

                @Override
                public Position trimmedTo() {
                    return Position.start(journal.head().incarnation());
                }

                @Override
                public Optional<Position> at(LogOffset offset) {
                    return journal.at(offset);
                }
            };
        }
    }

    private static Envelope with(Envelope envelope, Envelope.Stream stream) {
        return new Envelope(envelope.kind(), envelope.sender(), envelope.recipient(), envelope.senderIncarnation(), envelope.recipientIncarnation(), envelope.messageId(), envelope.header(),
                envelope.prevDigest(), envelope.confirmation(), envelope.resendRequest(), envelope.head(), envelope.sentAt(), envelope.part(), envelope.limits(), stream.extensions());
    }

    private static final class KeepsPartsOfOldStreams extends Mutant {

        @Override
        Faults faults() {
            return new Faults(0.1, 0.3, 0, 0.4, 0.02, 0.2, 0, 0.1, 0, true, 0, 0, 0.15);
        }

        @Override
        Step<ReceiverState, ReceiverAction> after(ReceiverState before, ReceiverEvent event, Step<ReceiverState, ReceiverAction> step) {
            if (step.state().kept().stream() == before.kept().stream()) {
                return step;
            }
            List<StagedGroup> groups = new ArrayList<>(before.staged());
            groups.addAll(step.state().staged());
            return new Step<>(new ReceiverState(step.state().kept(), groups, step.state().passing()), step.actions().stream().filter(action -> !(action instanceof ReceiverAction.DropStaged)).toList());
        }
    }

    private static final class HearsOfNoHigherStream extends Mutant {

        @Override
        Faults faults() {
            return new Faults(0.1, 0.1, 0, 0.2, 0.01, 0.2, 0, 0, 0, true, 0, 0, 0.2);
        }

        @Override
        SenderEvent event(SenderEvent event, SenderState state) {
            return of(event, number -> Math.min(number, state.kept().stream()));
        }

        static SenderEvent of(SenderEvent event, IntUnaryOperator number) {
            if (event instanceof SenderEvent.ConfirmationReceived heard) {
                return new SenderEvent.ConfirmationReceived(heard.position(), number.applyAsInt(heard.stream()));
            }
            if (event instanceof SenderEvent.ResendRequested asked) {
                return new SenderEvent.ResendRequested(asked.request(), number.applyAsInt(asked.stream()), asked.held());
            }
            return event instanceof SenderEvent.HelloReceived hello ? new SenderEvent.HelloReceived(hello.from(), hello.request(), number.applyAsInt(hello.stream()), hello.held()) : event;
        }
    }

    /** Requests from an older stream are not heard, and what is said does not name the present one unless it carries data. */
    private static final class LeavesBehind extends Mutant {

        @Override
        Faults faults() {
            return new Faults(0.5, 0.1, 0, 0.2, 0, 0.1, 0, 0, 0, false, 0, 0, 0.3);
        }

        @Override
        SenderEvent event(SenderEvent event, SenderState state) {
            boolean older = event instanceof SenderEvent.ResendRequested asked && asked.stream() < state.kept().stream()
                    || event instanceof SenderEvent.HelloReceived hello && hello.request() != null && hello.stream() < state.kept().stream();
            return older ? null : event;
        }

        @Override
        Envelope arriving(Envelope envelope, ReceiverState state, UUID me) {
            Envelope.Stream stream = envelope.stream();
            return envelope.kind().isInChain() || stream.number() <= state.kept().stream() ? envelope : with(envelope, new Envelope.Stream(state.kept().stream(), stream.base(), stream.baseDigest(), stream.received()));
        }
    }

    private static final class ForgetsTheNumber extends Mutant {

        @Override
        Faults faults() {
            return new Faults(0.1, 0.1, 0, 0.2, 0.05, 0, 0, 0, 0, false, 0, 0, 0.2);
        }

        @Override
        Step<ReceiverState, ReceiverAction> after(ReceiverState before, ReceiverEvent event, Step<ReceiverState, ReceiverAction> step) {
            ReceiverState.Kept kept = step.state().kept();
            boolean begins = event instanceof ReceiverEvent.Started && kept.stream() > 0;
            return !begins ? step : new Step<>(new ReceiverState(new ReceiverState.Kept(kept.senderIncarnation(), kept.offset(), kept.digest(), kept.rereceiveCount(), kept.confirmed(), kept.status(), kept.reason()),
                    step.state().staged(), step.state().passing()), step.actions());
        }
    }

    private static final class BeginsWithNothing extends Mutant {

        @Override
        Faults faults() {
            return ANEW;
        }

        @Override
        boolean beginsWithSnapshot() {
            return false;
        }
    }

    private static final class HearsNoBeginning extends Mutant {

        @Override
        Faults faults() {
            return ANEW;
        }

        @Override
        Envelope arriving(Envelope envelope, ReceiverState state, UUID me) {
            Envelope.Stream stream = envelope.stream();
            return stream.number() <= state.kept().stream() ? envelope : with(envelope, new Envelope.Stream(state.kept().stream(), stream.base(), stream.baseDigest(), stream.received()));
        }
    }

    private static final class FollowsWhateverItHas extends Mutant {

        @Override
        Faults faults() {
            return VOUCHED;
        }

        @Override
        Envelope arriving(Envelope envelope, ReceiverState state, UUID me) {
            return new Envelope(envelope.kind(), envelope.sender(), envelope.recipient(), envelope.senderIncarnation(), envelope.recipientIncarnation(), envelope.messageId(), envelope.header(),
                    envelope.prevDigest(), envelope.confirmation(), envelope.resendRequest(), envelope.head(), envelope.sentAt(), envelope.part(), envelope.limits(),
                    envelope.extensions().stream().filter(extension -> extension.type() != Envelope.Vouch.TYPE).toList());
        }
    }

    private static final class HearsNoDeclining extends Mutant {

        @Override
        Faults faults() {
            return VOUCHED;
        }

        @Override
        SenderEvent event(SenderEvent event, SenderState state) {
            return event instanceof SenderEvent.Declined ? null : event;
        }
    }

    private static final class NeverRetries extends Mutant {
        @Override
        Step<ReceiverState, ReceiverAction> after(ReceiverState before, ReceiverEvent event, Step<ReceiverState, ReceiverAction> step) {
            boolean failed = before.passing().retryAt() != null || event instanceof ReceiverEvent.ApplyFailed;
            return failed ? new Step<>(step.state(), step.actions().stream().filter(action -> !(action instanceof ReceiverAction.Apply)).toList()) : step;
        }
    }
}
