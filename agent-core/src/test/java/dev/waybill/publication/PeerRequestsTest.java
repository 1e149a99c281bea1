// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.publication.PeerRequest.Adopt;
import dev.waybill.publication.PeerRequest.LeaveOut;
import dev.waybill.publication.PeerRequest.Reset;
import dev.waybill.publication.PeerRequest.Resync;
import dev.waybill.publication.PeerRequest.Rewind;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PeerRequestsTest {

    private static final PeerRequests NONE = PeerRequests.of(null);
    private static final UUID SOMEBODY = new UUID(1, 2);
    private static final int WIDTH_OF_THE_COLUMN = 200;

    private static String said(PeerRequest... words) {
        PeerRequests all = NONE;
        for (PeerRequest word : words) {
            all = all.with(word);
        }
        return all.text();
    }

    @Test
    void wordsAboutTheTwoDirectionsStandBesideOneAnother() {
        assertThat(said(new Adopt(SOMEBODY), new Reset(17, false))).isEqualTo("ADOPT " + SOMEBODY + "; RESET 17");
        assertThat(said(new Reset(17, false), new LeaveOut(PoisonPolicy.PARK))).isEqualTo("RESET 17; PARK");
    }

    @Test
    void ofTwoWordsAboutOneDirectionTheLaterOneCounts() {
        assertThat(said(new Resync(false), new Reset(17, false))).isEqualTo("RESET 17");
        assertThat(said(new Reset(17, false), new Resync(false))).isEqualTo("RESYNC");
        assertThat(said(new Rewind(3), new Rewind(4))).isEqualTo("REWIND 4");
        assertThat(said(new LeaveOut(PoisonPolicy.SKIP), new Adopt(SOMEBODY))).isEqualTo("ADOPT " + SOMEBODY);
    }

    @Test
    void aRenewalStaysOne() {
        assertThat(said(new Resync(true), new Reset(17, false))).isEqualTo("RESET 17 RENEWED");
        assertThat(said(new Reset(17, true), new Resync(false))).isEqualTo("RESYNC RENEWED");
    }

    @Test
    void aLesserWordDoesNotReplaceAGreaterOne() {
        assertThat(said(new Resync(true), new Rewind(3))).isEqualTo("RESYNC RENEWED");
        assertThat(said(new Reset(17, false), new Rewind(17))).isEqualTo("RESET 17");
        assertThat(said(new Adopt(SOMEBODY), new LeaveOut(PoisonPolicy.SKIP))).isEqualTo("ADOPT " + SOMEBODY);
    }

    @Test
    void whatIsDoneGoesAndTheRestStays() {
        PeerRequests both = NONE.with(new Adopt(SOMEBODY)).with(new Reset(17, false));
        assertThat(both.without(new Adopt(SOMEBODY)::equals).text()).isEqualTo("RESET 17");
        assertThat(both.without(new Reset(16, false)::equals)).isEqualTo(both);
        assertThat(both.without(any -> true).text()).isNull();
    }

    @Provide
    Arbitrary<PeerRequest> words() {
        Arbitrary<Long> offsets = Arbitraries.longs().between(0, Long.MAX_VALUE);
        return Arbitraries.oneOf(Arbitraries.of(true, false).map(Resync::new), offsets.map(offset -> new Reset(offset, offset % 2 == 0)), offsets.map(Rewind::new),
                offsets.map(bits -> new Adopt(new UUID(bits, bits))), Arbitraries.of(PoisonPolicy.PARK, PoisonPolicy.SKIP).map(LeaveOut::new));
    }

    @Property(tries = 300)
    void whateverIsSaidFitsIntoTheCatalogueAndIsReadAsItWasSaid(@ForAll("words") PeerRequest first, @ForAll("words") PeerRequest second, @ForAll("words") PeerRequest third) {
        PeerRequests all = NONE.with(first).with(second).with(third);
        assertThat(all.text()).hasSizeLessThan(WIDTH_OF_THE_COLUMN);
        assertThat(PeerRequests.of(all.text())).isEqualTo(all);
    }
}
