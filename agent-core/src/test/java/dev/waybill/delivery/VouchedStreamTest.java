// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import static dev.waybill.delivery.Correspondence.BRANCH;
import static dev.waybill.delivery.Correspondence.HQ;
import static dev.waybill.delivery.Correspondence.at;
import static dev.waybill.delivery.Correspondence.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import dev.waybill.message.Envelope.ResendRequest;
import dev.waybill.message.Envelope.Vouch;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** R11: streams that rest on somebody's word. */
class VouchedStreamTest {

    private static final UUID OTHER = new UUID(8, 8);

    private final Correspondence branch = new Correspondence(500, 3);
    private final Sender sender = new Sender("branch", HQ, DeliverySettings.STANDARD);
    private SenderState state = SenderState.loaded(new SenderState.Kept(BRANCH, 0, at(600), at(400), new LogOffset(600), DeliveryStatus.ACTIVE, null));

    // ---- the receiver ----

    @Test
    void whoHasWhatWasVouchedForFollows() {
        only(branch.arrives(beginning(new Vouch(BRANCH, 0, new LogOffset(500), at(500).digest()))), ReceiverAction.BeganAnew.class);
        assertThat(branch.state.kept().stream()).isEqualTo(1);
        assertThat(branch.state.kept().offset()).isEqualTo(new LogOffset(900));
    }

    @Test
    void whoHasMoreThanThatFollows() {
        only(branch.arrives(beginning(new Vouch(BRANCH, 0, new LogOffset(400), at(400).digest()))), ReceiverAction.BeganAnew.class);
    }

    @Test
    void whoIsBeforeItDoesNotFollowAndSaysSoAtBothEnds() {
        List<ReceiverAction> actions = branch.arrives(beginning(new Vouch(BRANCH, 0, new LogOffset(600), at(600).digest())));
        assertThat(only(actions, ReceiverAction.Halt.class).reason()).contains("0000000500", "REMOTE RESET branch");
        assertThat(only(actions, ReceiverAction.AskAgain.class).epoch()).isEqualTo(4);
        only(actions, ReceiverAction.Delete.class);
        assertThat(branch.state.kept().stream()).isZero();
        assertThat(branch.state.passing().declined()).isEqualTo(1);
        assertThat(branch.arrives(beginning(new Vouch(BRANCH, 0, new LogOffset(600), at(600).digest())))).as("said once").noneMatch(ReceiverAction.Halt.class::isInstance)
                .noneMatch(ReceiverAction.AskAgain.class::isInstance);
    }

    @Test
    void whoIsInAnOlderStreamOrAnotherHistoryOrAnotherDatabaseIsBeforeIt() {
        for (Vouch vouch : List.of(new Vouch(BRANCH, 1, LogOffset.ZERO, at(0).digest()), new Vouch(BRANCH, 0, new LogOffset(500), at(400).digest()), new Vouch(OTHER, 0, LogOffset.ZERO, at(0).digest()))) {
            only(new Correspondence(500, 0).arrives(beginning(vouch)), ReceiverAction.Halt.class);
        }
    }

    @Test
    void aStreamThatBringsItsContentAlongIsFollowedByWhoDidNotFollowTheOneBefore() {
        branch.arrives(beginning(new Vouch(BRANCH, 0, new LogOffset(600), at(600).digest())));
        List<ReceiverAction> actions = branch.arrives(inStream(2, 950, null));
        only(actions, ReceiverAction.BeganAnew.class);
        only(actions, ReceiverAction.Resumed.class);
        assertThat(branch.state.passing().declined()).isZero();
    }

    // ---- the sender ----

    @Test
    void theWordIsAboutWhereTheSubscriberWasHeardLast() {
        happens(new SenderEvent.ConfirmationReceived(at(500)));
        happens(new SenderEvent.Restart(at(900), Standing.Word.GIVEN));
        assertThat(vouch()).isEqualTo(new Vouch(BRANCH, 0, new LogOffset(500), at(500).digest()));
        happens(new SenderEvent.ConfirmationReceived(at(600), 0));
        assertThat(vouch().offset()).as("what is heard later of the time before").isEqualTo(new LogOffset(600));
        happens(new SenderEvent.ConfirmationReceived(at(900), 1));
        assertThat(vouch()).isEqualTo(new Vouch(BRANCH, 1, new LogOffset(900), at(900).digest()));
        happens(new SenderEvent.ConfirmationReceived(at(600), 0));
        assertThat(vouch().stream()).as("an old word").isEqualTo(1);
    }

    @Test
    void theWordForWhoWentBackAndSaidSoIsAboutWhereItIsNow() {
        happens(new SenderEvent.ConfirmationReceived(at(600)));
        happens(new SenderEvent.ResendRequested(new ResendRequest(HQ, 2, at(300))));
        happens(new SenderEvent.Restart(at(900), Standing.Word.GIVEN));
        assertThat(vouch().offset()).isEqualTo(new LogOffset(300));
    }

    @Test
    void whoDeclinesTheStreamNeedsAnotherAndNobodyFollowsThisOneAnyMore() {
        happens(new SenderEvent.ConfirmationReceived(at(600)));
        happens(new SenderEvent.Restart(at(900), Standing.Word.GIVEN));
        only(happens(new SenderEvent.Declined(new ResendRequest(HQ, 7, at(300)), 0, 1)), SenderAction.NeedsResync.class);
        assertThat(state.kept().status()).isEqualTo(DeliveryStatus.NEEDS_RESYNC);
        assertThat(vouch()).as("only who is in it already").isEqualTo(new Vouch(BRANCH, 1, new LogOffset(900), at(900).digest()));
        happens(new SenderEvent.Restart(at(950), Standing.Word.GIVEN));
        assertThat(vouch()).isEqualTo(new Vouch(BRANCH, 0, new LogOffset(300), at(300).digest()));
        only(happens(new SenderEvent.Declined(new ResendRequest(HQ, 7, at(300)), 0, 1)), SenderAction.Ignored.class);
    }

    @Test
    void nothingIsVouchedForInAStreamThatBringsItsContentAlong() {
        happens(new SenderEvent.Restart(at(900), Standing.Word.NONE));
        assertThat(vouch()).isNull();
        only(happens(new SenderEvent.Declined(new ResendRequest(HQ, 7, at(300)), 0, 1)), SenderAction.Ignored.class);
    }

    @Test
    void ofADatabaseThatWasNeverHeardNothingIsExpected() {
        state = SenderState.unknown(HQ, LogOffset.ZERO);
        happens(new SenderEvent.Restart(at(900), Standing.Word.GIVEN));
        assertThat(vouch()).isEqualTo(new Vouch(null, 0, LogOffset.ZERO, at(0).digest()));
        happens(new SenderEvent.PeerKnown(BRANCH));
        assertThat(vouch().incarnation()).isEqualTo(BRANCH);
        happens(new SenderEvent.PeerKnown(OTHER));
        assertThat(vouch().incarnation()).as("the word was not about this one").isEqualTo(BRANCH);
        happens(new SenderEvent.Restart(at(950), Standing.Word.GIVEN));
        assertThat(vouch()).isEqualTo(new Vouch(OTHER, 0, LogOffset.ZERO, at(0).digest()));
    }

    private Vouch vouch() {
        return state.kept().standing().vouch(state.kept().stream(), state.kept().base());
    }

    private List<SenderAction> happens(SenderEvent event) {
        Step<SenderState, SenderAction> step = sender.step(state, event, Instant.EPOCH, new Journal());
        state = step.state();
        return step.actions();
    }

    private static Envelope beginning(Vouch vouch) {
        return inStream(1, 900, vouch);
    }

    private static Envelope inStream(int number, long base, Vouch vouch) {
        List<Envelope.Extension> extensions = new ArrayList<>(new Envelope.Stream(number, new LogOffset(base), at(base).digest(), 0).extensions());
        if (vouch != null) {
            extensions.add(vouch.extension());
        }
        MessageHeader header = new MessageHeader(3, new LogOffset(base), new LogOffset(base), 0);
        return new Envelope(MessageKind.HEARTBEAT, "hq", "branch", HQ, BRANCH, new UUID(3, 3), header, at(base).digest(), null, null, at(base), Instant.EPOCH, null,
                new Envelope.Limits(50_000, List.of(0), List.of()), extensions);
    }

    /** Entries at every hundred up to 1000. */
    private record Journal() implements JournalView {
        @Override
        public Position head() {
            return Correspondence.at(1000);
        }

        @Override
        public Position trimmedTo() {
            return Correspondence.at(0);
        }

        @Override
        public Optional<Position> at(LogOffset offset) {
            return offset.bytes() % 50 == 0 ? Optional.of(Correspondence.at(offset.bytes())) : Optional.empty();
        }
    }
}
