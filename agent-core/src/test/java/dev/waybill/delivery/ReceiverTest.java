// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import static dev.waybill.delivery.Correspondence.BRANCH;
import static dev.waybill.delivery.Correspondence.HQ;
import static dev.waybill.delivery.Correspondence.at;
import static dev.waybill.delivery.Correspondence.data;
import static dev.waybill.delivery.Correspondence.digest;
import static dev.waybill.delivery.Correspondence.envelope;
import static dev.waybill.delivery.Correspondence.heartbeat;
import static dev.waybill.delivery.Correspondence.none;
import static dev.waybill.delivery.Correspondence.only;
import static dev.waybill.delivery.Correspondence.part;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rules of the receiving end, one by one; numbers in SQL Remote's own examples. */
class ReceiverTest {

    private static final Duration PATIENCE = DeliverySettings.STANDARD.patience();

    private final Correspondence branch = new Correspondence(923_357, 0);

    @Test
    void messagesThatArriveOutOfOrderAreAppliedInOrder() {
        branch.arrives(data(0, 942_712, 1_119_170, 0, null));
        assertThat(branch.pollEnds()).isEmpty();
        branch.arrives(data(0, 923_357, 942_712, 0, null));
        ReceiverAction.Apply apply = only(branch.pollEnds(), ReceiverAction.Apply.class);
        assertThat(apply.from()).isEqualTo(at(923_357));
        assertThat(apply.units()).extracting(unit -> unit.last().bytes()).containsExactly(942_712L, 1_119_170L);
    }

    @Test
    void aMessageIsDeletedOnlyAfterItIsApplied() {
        assertThat(branch.arrives("m", data(0, 923_357, 942_712, 0, null))).noneMatch(ReceiverAction.Delete.class::isInstance);
        assertThat(branch.pollEnds()).noneMatch(ReceiverAction.Delete.class::isInstance);
        assertThat(only(branch.applied(942_712), ReceiverAction.Delete.class).ref()).isEqualTo("m");
    }

    @Test
    void duplicateMessageIsDeletedAndConfirmedAgain() {
        List<ReceiverAction> actions = branch.arrives("m", data(0, 900_000, 923_357, 0, null));
        assertThat(only(actions, ReceiverAction.Delete.class).ref()).isEqualTo("m");
        assertThat(only(actions, ReceiverAction.Confirm.class).position()).isEqualTo(at(923_357));
    }

    @Test
    void aMessageCutAnewAroundThePositionIsAppliedFromThePositionOn() {
        branch.arrives(data(0, 900_000, 942_712, 0, null));
        ReceiverAction.Apply apply = only(branch.pollEnds(), ReceiverAction.Apply.class);
        Continuation continuation = apply.units().get(0).continuing(apply.from());
        assertThat(continuation.transaction(new LogOffset(923_357), digest(923_357))).isEqualTo(Continuation.Verdict.SKIP);
        assertThat(continuation.transaction(new LogOffset(942_712), digest(942_712))).isEqualTo(Continuation.Verdict.APPLY);
        assertThat(continuation.isWhole()).isTrue();
        assertThat(continuation.reached()).isEqualTo(at(942_712));
    }

    @Test
    void whoHasPartsOfWhatComesNextSaysSoToASenderThatBegins() {
        Envelope hello = envelope(MessageKind.JOIN, HQ, BRANCH, new MessageHeader(0, LogOffset.ZERO, LogOffset.ZERO, 0), Digest.ZERO, null);
        assertThat(branch.arrives(hello)).as("there is nothing to say").noneMatch(ReceiverAction.AskAgain.class::isInstance);
        branch.arrives(data(0, 923_357, 923_357, 1, part(1, 10, -1)));
        ReceiverAction.AskAgain said = only(branch.arrives(hello), ReceiverAction.AskAgain.class);
        assertThat(said.epoch()).as("nothing becomes void by it").isZero();
        assertThat(branch.state.heldAt(said.from())).hasSize(1).allMatch(held -> held.has(1) && !held.has(0));
    }

    @Test
    void nothingIsAppliedFromAMessageThatDoesNotProveItsHistory() {
        Continuation continuation = new Unit.Whole("m", new LogOffset(900_000), digest(900_000), new LogOffset(950_000)).continuing(at(923_357));
        assertThat(continuation.transaction(new LogOffset(910_000), digest(910_000))).isEqualTo(Continuation.Verdict.SKIP);
        assertThat(continuation.transaction(new LogOffset(950_000), digest(950_000))).isEqualTo(Continuation.Verdict.UNVERIFIED);
        assertThat(continuation.reached()).isEqualTo(at(923_357));
    }

    @Test
    void offsetsThatDoNotRiseOrPassTheHeaderAreMalformed() {
        Continuation continuation = new Unit.Whole("m", new LogOffset(923_357), digest(923_357), new LogOffset(950_000)).continuing(at(923_357));
        assertThat(continuation.transaction(new LogOffset(950_001), digest(1))).isEqualTo(Continuation.Verdict.MALFORMED);
        assertThat(continuation.transaction(new LogOffset(940_000), digest(940_000))).isEqualTo(Continuation.Verdict.APPLY);
        assertThat(continuation.transaction(new LogOffset(940_000), digest(940_000))).isEqualTo(Continuation.Verdict.MALFORMED);
        assertThat(continuation.isWhole()).isFalse();
    }

    @Test
    void anotherDigestAtThePositionIsSplitHistoryAndEverythingIsKept() {
        Envelope other = envelope(MessageKind.DATA, HQ, BRANCH, new MessageHeader(0, new LogOffset(923_357), new LogOffset(942_712), 0), new Digest(7, 7), null);
        List<ReceiverAction> actions = branch.arrives(other);
        assertThat(only(actions, ReceiverAction.SplitHistory.class).reason()).contains("0000923357");
        only(actions, ReceiverAction.Keep.class);
        assertThat(branch.pollEnds()).isEmpty();
        only(branch.arrives(data(0, 923_357, 942_712, 0, null)), ReceiverAction.Keep.class);
        assertThat(branch.state.kept().status()).isEqualTo(DeliveryStatus.SPLIT_HISTORY);
    }

    @Test
    void messagesOfAnOlderEpochAreDeletedUnread() {
        Correspondence later = new Correspondence(923_357, 2);
        assertThat(only(later.arrives("m", data(1, 923_357, 942_712, 0, null)), ReceiverAction.Delete.class).ref()).isEqualTo("m");
        assertThat(none(later.pollEnds(), ReceiverAction.Apply.class)).isTrue();
    }

    @Test
    void aNewerEpochMeansThatIWentBackSoIAskAboveIt() {
        ReceiverAction.AskAgain ask = only(branch.arrives(data(5, 923_357, 942_712, 0, null)), ReceiverAction.AskAgain.class);
        assertThat(ask.epoch()).isEqualTo(6);
        assertThat(ask.from()).isEqualTo(at(923_357));
        assertThat(branch.state.kept().rereceiveCount()).isEqualTo(6);
        assertThat(none(branch.pollEnds(), ReceiverAction.Apply.class)).isTrue();
    }

    @Test
    void partsAreStagedAndAppliedOnceTheyAreAllThere() {
        Correspondence there = new Correspondence(942_712, 0);
        there.arrives(data(0, 942_712, 942_712, 2, part(1, 20, -1)));
        there.arrives(data(0, 942_712, 1_119_170, 3, part(1, 30, 40)));
        there.arrives(data(0, 942_712, 942_712, 0, part(1, 0, -1)));
        assertThat(there.pollEnds()).isEmpty();
        there.arrives(data(0, 942_712, 942_712, 1, part(1, 10, -1)));
        ReceiverAction.Apply apply = only(there.pollEnds(), ReceiverAction.Apply.class);
        assertThat(apply.units()).containsExactly(new Unit.Group(new Digest(1, 1), new LogOffset(942_712), digest(942_712), new LogOffset(1_119_170)));
        assertThat(only(there.applied(1_119_170), ReceiverAction.DropStaged.class).before()).isEqualTo(new LogOffset(1_119_170));
    }

    @Test
    void partsOfDifferentCutsNeverMix() {
        branch.arrives(data(0, 923_357, 923_357, 0, part(1, 0, -1)));
        branch.arrives(data(0, 923_357, 942_712, 1, part(2, 10, 20)));
        assertThat(branch.pollEnds()).isEmpty();
    }

    @Test
    void aPartOfWhatIsAppliedIsADuplicate() {
        assertThat(only(branch.arrives("m", data(0, 900_000, 900_000, 1, part(1, 10, -1))), ReceiverAction.Delete.class).ref()).isEqualTo("m");
    }

    @Test
    void theSamePartIsStagedOnce() {
        branch.arrives(data(0, 923_357, 923_357, 0, part(1, 0, -1)));
        assertThat(none(branch.arrives(data(0, 923_357, 923_357, 0, part(1, 0, -1))), ReceiverAction.StagePart.class)).isTrue();
    }

    @Test
    void aGapIsAskedForAfterOneEmptyPollAndFiveSeconds() {
        branch.arrives(data(0, 942_712, 1_119_170, 0, null));
        branch.pollEnds();
        branch.passes(PATIENCE.minusMillis(1));
        assertThat(branch.pollEnds()).isEmpty();
        branch.passes(Duration.ofMillis(1));
        ReceiverAction.AskAgain ask = only(branch.pollEnds(), ReceiverAction.AskAgain.class);
        assertThat(ask.epoch()).isEqualTo(1);
        assertThat(ask.from()).isEqualTo(at(923_357));
    }

    @Test
    void somethingNewRenewsThePatienceButNotForEver() {
        branch.arrives(data(0, 942_712, 950_000, 0, null));
        long asked = -1;
        for (int second = 0; second < 100 && asked < 0; second++) {
            branch.arrives(data(0, 950_000 + second, 950_001 + second, 0, null));
            asked = none(branch.pollEnds(), ReceiverAction.AskAgain.class) ? -1 : second;
            branch.passes(Duration.ofSeconds(1));
        }
        assertThat(asked).isEqualTo(3 * PATIENCE.toSeconds());
    }

    @Test
    void aRequestIsRepeatedUnderTheSameEpochWithDoublingWaits() {
        gapIsAskedFor();
        long waited = 0;
        for (int attempt = 2; attempt < 12; attempt++) {
            Duration wait = Duration.between(branch.now, branch.wakeAt());
            assertThat(wait).isBetween(Duration.ofSeconds(4), Duration.ofMinutes(12));
            assertThat(wait.toMillis()).isGreaterThanOrEqualTo(Math.min(waited, 480_000));
            waited = wait.toMillis();
            branch.passes(wait);
            ReceiverAction.AskAgain again = only(branch.happens(new ReceiverEvent.Tick(branch.now)), ReceiverAction.AskAgain.class);
            assertThat(again.epoch()).isEqualTo(1);
            assertThat(again.attempt()).isEqualTo(attempt);
        }
    }

    @Test
    void partsOfWhatTheSenderDoesNotHaveAnyMoreAreAskedForMoreAndMoreRarely() {
        branch.arrives(data(0, 923_357, 923_357, 0, part(1, 0, -1)));
        int asked = 0;
        Duration all = Duration.ofHours(2);
        Duration step = Duration.ofSeconds(1);
        for (Duration passed = Duration.ZERO; passed.compareTo(all) < 0; passed = passed.plus(step)) {
            List<ReceiverAction> actions = new ArrayList<>(branch.pollEnds());
            asked += (int) actions.stream().filter(ReceiverAction.AskAgain.class::isInstance).count();
            if (!none(actions, ReceiverAction.AskAgain.class)) {
                branch.arrives(heartbeat(branch.state.kept().rereceiveCount(), 923_357)); // a restored sender has nothing behind my position
            }
            branch.passes(step);
        }
        assertThat(asked).as("requests in two hours").isBetween(12, 30);
        branch.arrives(data(branch.state.kept().rereceiveCount(), 923_357, 923_357, 1, part(1, 10, -1)));
        branch.pollEnds();
        branch.passes(PATIENCE.multipliedBy(2));
        only(branch.pollEnds(), ReceiverAction.AskAgain.class);
    }

    @Test
    void whatIsNotUnderstoodIsPutAsideAndSaidUntilTheStreamIsKnownToBeWhole() {
        List<ReceiverAction> actions = branch.happens(new ReceiverEvent.ArrivedUnfit("m", ReceiverEvent.Unfit.NOT_UNDERSTOOD, "unknown critical extension 7", branch.now));
        only(actions, ReceiverAction.Quarantine.class);
        assertThat(only(actions, ReceiverAction.Halt.class).reason()).contains("extension 7");
        assertThat(branch.state.kept().status()).isEqualTo(DeliveryStatus.HALTED);
        branch.arrives(heartbeat(0, 942_712));
        assertThat(branch.state.kept().reason()).as("something is missing").contains("extension 7");
        branch.arrives(data(0, 923_357, 942_712, 0, null));
        branch.pollEnds();
        branch.applied(942_712);
        assertThat(branch.state.kept().status()).isEqualTo(DeliveryStatus.ACTIVE);
        branch.happens(new ReceiverEvent.ArrivedUnfit("n", ReceiverEvent.Unfit.NOT_UNDERSTOOD, "unknown critical extension 7", branch.now));
        only(branch.arrives(heartbeat(0, 942_712)), ReceiverAction.Resumed.class);
        assertThat(branch.state.kept().status()).isEqualTo(DeliveryStatus.ACTIVE);
    }

    @Test
    void anAnswerUnderTheNewEpochEndsTheRepetition() {
        gapIsAskedFor();
        branch.arrives(heartbeat(1, 923_357));
        branch.passes(Duration.ofHours(1));
        assertThat(none(branch.happens(new ReceiverEvent.Tick(branch.now)), ReceiverAction.AskAgain.class)).isTrue();
    }

    @Test
    void patienceDoesNotCountWhileTheNextMessageIsHeldAndFailing() {
        branch.arrives(data(0, 923_357, 942_712, 0, null));
        for (int i = 0; i < 20; i++) {
            for (ReceiverAction action : branch.pollEnds()) {
                assertThat(action).isNotInstanceOf(ReceiverAction.AskAgain.class);
                if (action instanceof ReceiverAction.Apply apply) {
                    branch.happens(new ReceiverEvent.ApplyFailed(apply.units().get(0), ReceiverEvent.Failure.TRANSIENT, "locked", branch.now));
                }
            }
            branch.passes(Duration.ofMinutes(1));
        }
        assertThat(branch.state.kept().rereceiveCount()).isZero();
        assertThat(branch.state.kept().status()).isEqualTo(DeliveryStatus.ACTIVE);
    }

    @Test
    void poisonHaltsLoudlyOnceAndGoesOnByItselfWhenTheCauseIsGone() {
        branch.arrives(data(0, 923_357, 942_712, 0, null));
        Unit unit = only(branch.pollEnds(), ReceiverAction.Apply.class).units().get(0);
        only(branch.happens(new ReceiverEvent.ApplyFailed(unit, ReceiverEvent.Failure.POISON, "column is missing", branch.now)), ReceiverAction.Halt.class);
        assertThat(branch.state.kept().status()).isEqualTo(DeliveryStatus.HALTED);
        branch.passes(Duration.ofMinutes(1));
        only(branch.pollEnds(), ReceiverAction.Apply.class);
        assertThat(none(branch.happens(new ReceiverEvent.ApplyFailed(unit, ReceiverEvent.Failure.POISON, "column is missing", branch.now)), ReceiverAction.Halt.class)).isTrue();
        branch.passes(Duration.ofMinutes(1));
        only(branch.pollEnds(), ReceiverAction.Apply.class);
        only(branch.applied(942_712), ReceiverAction.Resumed.class);
        assertThat(branch.state.kept().status()).isEqualTo(DeliveryStatus.ACTIVE);
    }

    @Test
    void aHeartbeatBeyondThePositionRevealsALostTail() {
        branch.arrives(heartbeat(0, 942_712));
        branch.pollEnds();
        branch.passes(PATIENCE);
        assertThat(only(branch.pollEnds(), ReceiverAction.AskAgain.class).from()).isEqualTo(at(923_357));
    }

    @Test
    void aHeartbeatAtThePositionIsConfirmedAgain() {
        assertThat(only(branch.arrives(heartbeat(0, 923_357)), ReceiverAction.Confirm.class).position()).isEqualTo(at(923_357));
    }

    @Test
    void aConfirmationWaitsForAMessageToRideOn() {
        branch.arrives(data(0, 923_357, 942_712, 0, null));
        branch.pollEnds();
        assertThat(none(branch.applied(942_712), ReceiverAction.Confirm.class)).isTrue();
        branch.happens(new ReceiverEvent.Spoke(at(942_712), branch.now));
        branch.passes(Duration.ofMinutes(1));
        assertThat(none(branch.happens(new ReceiverEvent.Tick(branch.now)), ReceiverAction.Confirm.class)).isTrue();
    }

    @Test
    void corruptMessagesAreQuarantinedAndOversizeOnesHaltTheStream() {
        only(branch.happens(new ReceiverEvent.ArrivedUnfit("m", ReceiverEvent.Unfit.CORRUPT, "checksum", branch.now)), ReceiverAction.Quarantine.class);
        assertThat(branch.state.kept().status()).isEqualTo(DeliveryStatus.ACTIVE);
        List<ReceiverAction> actions = branch.happens(new ReceiverEvent.ArrivedUnfit("n", ReceiverEvent.Unfit.OVERSIZE, "60000 bytes", branch.now));
        only(actions, ReceiverAction.Keep.class);
        only(actions, ReceiverAction.Halt.class);
    }

    @Test
    void whatItsSenderWouldOnlyRepeatIsNotAskedForAgainWhileItLiesThere() {
        for (ReceiverEvent.Unfit unfit : List.of(ReceiverEvent.Unfit.TOO_NEW, ReceiverEvent.Unfit.OVERSIZE)) {
            branch.arrives(data(0, 942_712, 1_119_170, 0, null));
            for (int minute = 0; minute < 30; minute++) {
                List<ReceiverAction> actions = branch.happens(new ReceiverEvent.ArrivedUnfit("n", unfit, unfit.name(), branch.now));
                only(actions, ReceiverAction.Keep.class);
                assertThat(branch.pollEnds()).isEmpty();
                branch.passes(Duration.ofMinutes(1));
            }
            assertThat(branch.state.kept().status()).isEqualTo(DeliveryStatus.HALTED);
        }
        only(branch.pollEnds(), ReceiverAction.AskAgain.class);
    }

    @Test
    void messagesOfOrForAnotherIncarnationAreRefused() {
        MessageHeader header = new MessageHeader(0, new LogOffset(923_357), new LogOffset(942_712), 0);
        UUID stranger = new UUID(9, 9);
        for (Envelope envelope : List.of(envelope(MessageKind.DATA, stranger, BRANCH, header, digest(923_357), null),
                envelope(MessageKind.DATA, HQ, stranger, header, digest(923_357), null), envelope(MessageKind.DATA, HQ, null, header, digest(923_357), null),
                envelope(MessageKind.JOIN, stranger, null, header, digest(923_357), null))) {
            assertThat(only(branch.arrives(envelope), ReceiverAction.Quarantine.class).reason()).contains("incarnation");
        }
        assertThat(branch.pollEnds()).isEmpty();
    }

    @Test
    void aStrangersHelloIsAnsweredButOnlyWhoKnowsMeIsLearned() {
        branch.state = ReceiverState.unknown();
        MessageHeader none = new MessageHeader(0, LogOffset.ZERO, LogOffset.ZERO, 0);
        assertThat(branch.arrives(envelope(MessageKind.JOIN, HQ, null, none, Digest.ZERO, null)))
                .contains(new ReceiverAction.TellSender(new SenderEvent.HelloReceived(HQ, null)));
        assertThat(branch.state.kept().senderIncarnation()).isNull();
        assertThat(branch.arrives(envelope(MessageKind.JOIN, HQ, BRANCH, none, Digest.ZERO, null))).contains(new ReceiverAction.TellSender(new SenderEvent.PeerKnown(HQ)));
        assertThat(branch.state.received()).isEqualTo(at(0));
    }

    @Test
    void aRestartBeginsPatienceAnewAndRepeatsWhatMayBeOutstanding() {
        Correspondence restarted = new Correspondence(923_357, 3);
        restarted.happens(new ReceiverEvent.Started(restarted.now));
        restarted.passes(Duration.ofMinutes(1));
        assertThat(only(restarted.happens(new ReceiverEvent.Tick(restarted.now)), ReceiverAction.AskAgain.class).epoch()).isEqualTo(3);
    }

    @Test
    void beyondTheBoundMessagesStayOnTheLinkButTheNextOneIsAlwaysTaken() {
        for (int i = 0; i < DeliverySettings.STANDARD.heldMessages() + 50; i++) {
            branch.arrives(data(0, 950_000 + i, 950_001 + i, 0, null));
        }
        assertThat(branch.state.passing().held()).hasSize(DeliverySettings.STANDARD.heldMessages());
        branch.arrives(data(0, 923_357, 950_000, 0, null));
        only(branch.pollEnds(), ReceiverAction.Apply.class);
    }

    private void gapIsAskedFor() {
        branch.arrives(data(0, 942_712, 1_119_170, 0, null));
        branch.pollEnds();
        branch.passes(PATIENCE);
        only(branch.pollEnds(), ReceiverAction.AskAgain.class);
    }
}
