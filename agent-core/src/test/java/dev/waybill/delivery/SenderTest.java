// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import static dev.waybill.delivery.Correspondence.BRANCH;
import static dev.waybill.delivery.Correspondence.HQ;
import static dev.waybill.delivery.Correspondence.digest;
import static dev.waybill.delivery.Correspondence.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope.Held;
import dev.waybill.message.Envelope.ResendRequest;
import dev.waybill.message.MessageHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rules of the sending end, one by one. The journal has entries at 100, 200, … 1000. */
class SenderTest {

    private final Sender sender = new Sender("branch", HQ, DeliverySettings.STANDARD);
    private final Journal journal = new Journal();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private SenderState state = at(600, 400, 600, 0);

    @Test
    void whatIsNewIsSentFromTheLastPositionUnderTheEpoch() {
        assertThat(only(happens(new SenderEvent.Due()), SenderAction.SendFrom.class)).isEqualTo(new SenderAction.SendFrom(position(600), new LogOffset(600), 0));
        happens(new SenderEvent.SentMessage(header(0, 600, 800, 0), digest(800)));
        assertThat(state.kept().sent()).isEqualTo(position(800));
        happens(new SenderEvent.Scanned(new LogOffset(1000), 0));
        assertThat(happens(new SenderEvent.Due())).isEmpty();
        assertThat(state.kept().sent()).isEqualTo(position(800));
    }

    @Test
    void aPartThatIsNotTheLastMovesNothing() {
        happens(new SenderEvent.SentMessage(header(0, 600, 600, 0), digest(600)));
        assertThat(state.kept().sent()).isEqualTo(position(600));
        happens(new SenderEvent.SentMessage(header(0, 600, 700, 1), digest(700)));
        assertThat(state.kept().sent()).isEqualTo(position(700));
    }

    @Test
    void confirmationsAreCumulativeAndOnlyGrow() {
        happens(new SenderEvent.ConfirmationReceived(position(500)));
        assertThat(state.kept().confirmed()).isEqualTo(position(500));
        happens(new SenderEvent.ConfirmationReceived(position(300)));
        assertThat(state.kept().confirmed()).isEqualTo(position(500));
    }

    @Test
    void aRequestUnderAHigherEpochRewindsEvenBelowWhatWasConfirmed() {
        List<SenderAction> actions = happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 3, position(200))));
        assertThat(only(actions, SenderAction.SendFrom.class)).isEqualTo(new SenderAction.SendFrom(position(200), new LogOffset(200), 3));
        assertThat(state.kept().resendCount()).isEqualTo(3);
        assertThat(state.kept().confirmed()).isEqualTo(position(400));
    }

    @Test
    void partsThatTheAskerHasAreNotWantedUnderItsEpochUntilTheStreamHasMovedOn() {
        List<Held> held = List.of(new Held(digest(250), BitSet.valueOf(new long[] {0b1011})));
        List<SenderAction> actions = happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 3, position(200)), 0, held));
        assertThat(only(actions, SenderAction.SendFrom.class)).isEqualTo(new SenderAction.SendFrom(position(200), new LogOffset(200), 3, 0, held));
        assertThat(only(happens(new SenderEvent.Due()), SenderAction.SendFrom.class).held()).isEqualTo(held);
        happens(new SenderEvent.SentMessage(header(3, 200, 300, 4), digest(300)));
        assertThat(only(happens(new SenderEvent.Due()), SenderAction.SendFrom.class).held()).isEmpty();
    }

    @Test
    void partsThatWereThereUnderAnOlderEpochOrBeforeARestartTravelAgain() {
        List<Held> held = List.of(new Held(digest(250), BitSet.valueOf(new long[] {0b1})));
        happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 3, position(200)), 0, held));
        List<SenderAction> actions = happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 4, position(200))));
        assertThat(only(actions, SenderAction.SendFrom.class)).isEqualTo(new SenderAction.SendFrom(position(200), new LogOffset(200), 4));
        happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 5, position(200)), 0, held));
        state = SenderState.loaded(state.kept());
        assertThat(only(happens(new SenderEvent.Due()), SenderAction.SendFrom.class).held()).isEmpty();
    }

    @Test
    void theSameRequestAgainChangesNothingButIsAnswered() {
        happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 1, position(400))));
        happens(new SenderEvent.SentMessage(header(1, 400, 1000, 0), digest(1000)));
        SenderState.Kept before = state.kept();
        List<SenderAction> actions = happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 1, position(400))));
        assertThat(only(actions, SenderAction.SendHeartbeat.class)).isEqualTo(new SenderAction.SendHeartbeat(position(1000), 1));
        assertThat(state.kept()).isEqualTo(before);
    }

    @Test
    void aScanThatBeganBeforeARewindIsForgotten() {
        happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 1, position(400))));
        happens(new SenderEvent.Scanned(new LogOffset(1000), 0));
        assertThat(state.kept().scanned()).isEqualTo(new LogOffset(400));
        only(happens(new SenderEvent.SentMessage(header(0, 600, 1000, 0), digest(1000))), SenderAction.Ignored.class);
        assertThat(state.kept().sent()).isEqualTo(position(400));
    }

    @Test
    void aPositionBeyondTheHeadIsSplitHistory() {
        only(happens(new SenderEvent.ConfirmationReceived(position(1100))), SenderAction.SplitHistory.class);
        assertThat(state.kept().status()).isEqualTo(DeliveryStatus.SPLIT_HISTORY);
        assertThat(happens(new SenderEvent.Due())).isEmpty();
    }

    @Test
    void anotherDigestOrAPositionBetweenEntriesIsSplitHistory() {
        only(happens(new SenderEvent.ConfirmationReceived(new Position(HQ, new LogOffset(500), new Digest(9, 9)))), SenderAction.SplitHistory.class);
        state = at(600, 400, 600, 0);
        only(happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 1, position(550)))), SenderAction.SplitHistory.class);
        assertThat(state.kept().resendCount()).isZero();
    }

    @Test
    void aPositionOfAnotherIncarnationIsIgnored() {
        Position other = new Position(new UUID(9, 9), new LogOffset(5000), Digest.ZERO);
        only(happens(new SenderEvent.ConfirmationReceived(other)), SenderAction.Ignored.class);
        only(happens(new SenderEvent.ResendRequested(new ResendRequest(other.incarnation(), 4, other))), SenderAction.Ignored.class);
        assertThat(state.kept()).isEqualTo(at(600, 400, 600, 0).kept());
    }

    @Test
    void whoAsksForWhatIsTrimmedMustBeSynchronizedAnew() {
        journal.trimmedTo = 300;
        only(happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 1, position(200)))), SenderAction.NeedsResync.class);
        assertThat(state.kept().status()).isEqualTo(DeliveryStatus.NEEDS_RESYNC);
        assertThat(only(happens(new SenderEvent.Restart(position(900), Standing.Word.NONE)), SenderAction.SendFrom.class)).isEqualTo(new SenderAction.SendFrom(position(900), new LogOffset(900), 1, 1, List.of()));
    }

    /** It was restored to the time before the stream began anew, let it begin anew later with the same number, and now hears of the first one. */
    @Test
    void whoIsInMyStreamBeforeItsBeginningIsInAnotherOneOfTheSameNumber() {
        happens(new SenderEvent.Restart(position(900), Standing.Word.NONE));
        only(happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 2, position(700)), 1, List.of())), SenderAction.NeedsResync.class);
        assertThat(state.kept().resendCount()).as("nothing is sent from there").isZero();
        only(happens(new SenderEvent.Restart(position(1000), Standing.Word.NONE)), SenderAction.SendHeartbeat.class);
        assertThat(state.kept().stream()).as("a number that neither of them had").isEqualTo(2);
    }

    @Test
    void whoAsksFromItsConfirmedPositionIsServedEvenWhenTheJournalBeginsLater() {
        state = at(400, 400, 700, 0);
        journal.trimmedTo = 600;
        happens(new SenderEvent.SentMessage(header(0, 400, 800, 0), digest(800)));
        List<SenderAction> actions = happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 1, position(400))));
        assertThat(only(actions, SenderAction.SendFrom.class)).isEqualTo(new SenderAction.SendFrom(position(400), new LogOffset(600), 1));
    }

    @Test
    void aQuietSenderWithSomethingUnconfirmedSaysWhereItIs() {
        happens(new SenderEvent.Started());
        now = now.plus(Duration.ofSeconds(10));
        assertThat(only(happens(new SenderEvent.Tick()), SenderAction.SendHeartbeat.class).lastSent()).isEqualTo(position(600));
    }

    @Test
    void aQuietSenderWithNothingUnconfirmedIsSilentButForHello() {
        state = at(600, 600, 600, 0);
        only(happens(new SenderEvent.Started()), SenderAction.SendHello.class);
        now = now.plus(Duration.ofMinutes(30));
        assertThat(happens(new SenderEvent.Tick())).isEmpty();
        now = now.plus(Duration.ofHours(1));
        only(happens(new SenderEvent.Tick()), SenderAction.SendHello.class);
    }

    @Test
    void aHelloBelowWhatWasSentIsAnsweredByAHeartbeat() {
        only(happens(new SenderEvent.HelloReceived(BRANCH, new ResendRequest(HQ, 0, position(200)))), SenderAction.SendHeartbeat.class);
        assertThat(state.isOwing()).isTrue();
    }

    @Test
    void aHelloWithAHigherEpochIsTheLostRequest() {
        only(happens(new SenderEvent.HelloReceived(BRANCH, new ResendRequest(HQ, 2, position(500)))), SenderAction.SendFrom.class);
        assertThat(state.kept().resendCount()).isEqualTo(2);
    }

    @Test
    void whatTheSubscriberHasOfWhatComesNextIsLeftOutThoughNothingIsAskedForAnew() {
        Held held = new Held(new Digest(1, 1), new BitSet());
        only(happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 0, position(600)), 0, List.of(held))), SenderAction.SendHeartbeat.class);
        assertThat(state.kept().resendCount()).isZero();
        assertThat(only(happens(new SenderEvent.Due()), SenderAction.SendFrom.class).held()).containsExactly(held);
        happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 0, position(500)), 0, List.of()));
        assertThat(only(happens(new SenderEvent.Due()), SenderAction.SendFrom.class).held()).as("what was said of another place").containsExactly(held);
    }

    @Test
    void nothingIsSentBeforeTheSubscriberIsKnownButHello() {
        state = SenderState.unknown(HQ, LogOffset.ZERO);
        only(happens(new SenderEvent.Started()), SenderAction.SendHello.class);
        assertThat(happens(new SenderEvent.Due())).isEmpty();
        only(happens(new SenderEvent.PeerKnown(BRANCH)), SenderAction.SendFrom.class);
    }

    @Test
    void nothingOwedIsGivenUpForTrimming() {
        assertThat(at(600, 400, 900, 0).owedFrom()).isEqualTo(new LogOffset(400));
        assertThat(at(600, 600, 900, 0).owedFrom()).isEqualTo(new LogOffset(900));
        state = at(600, 600, 900, 0);
        happens(new SenderEvent.ConfirmationReceived(position(300)));
        assertThat(state.owedFrom()).isEqualTo(new LogOffset(300));
        assertThat(at(300, 600, 300, 1).owedFrom()).isEqualTo(new LogOffset(300));
    }

    private List<SenderAction> happens(SenderEvent event) {
        Step<SenderState, SenderAction> step = sender.step(state, event, now, journal);
        state = step.state();
        return step.actions();
    }

    private static SenderState at(long sent, long confirmed, long scanned, int epoch) {
        return SenderState.loaded(new SenderState.Kept(BRANCH, epoch, position(sent), position(confirmed), new LogOffset(scanned), DeliveryStatus.ACTIVE, null));
    }

    private static Position position(long offset) {
        return Correspondence.at(offset);
    }

    private static MessageHeader header(int epoch, long prev, long last, int sequence) {
        return new MessageHeader(epoch, new LogOffset(prev), new LogOffset(last), sequence);
    }

    private static final class Journal implements JournalView {
        private long trimmedTo;

        @Override
        public Position head() {
            return position(1000);
        }

        @Override
        public Position trimmedTo() {
            return position(trimmedTo);
        }

        @Override
        public Optional<Position> at(LogOffset offset) {
            return offset.bytes() % 100 == 0 ? Optional.of(position(offset.bytes())) : Optional.empty();
        }
    }
}
