// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.MalformedException;
import dev.waybill.message.Seal;
import dev.waybill.seal.KeyBook;
import dev.waybill.seal.KeyRing;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which notices are believed. */
class NoticeGateTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final SharedSecret SECRET = new SharedSecret("a secret of twenty letters");

    private Instant clock = NOW;
    private final NoticeGate gate = new NoticeGate(Set.of("branch"), () -> KeyBook.EMPTY, SECRET, () -> clock);

    private static Notice notice(long nonce, Instant at, String recipient) {
        return new Notice(true, at, nonce, 7, "hq", recipient, "price", "new");
    }

    @Test
    void signedNoticeIsBelievedOnceAndComesWhole() throws MalformedException {
        byte[] bytes = NoticeCodec.encode(notice(1, NOW, "branch"), SECRET);
        assertThat(gate.admit(bytes, false)).isEqualTo(notice(1, NOW, "branch"));
        assertThatThrownBy(() -> gate.admit(bytes, false)).hasMessageContaining("was here before");
        clock = NOW.plusSeconds(299);
        assertThatThrownBy(() -> gate.admit(bytes, false)).hasMessageContaining("was here before");
        clock = NOW.plusSeconds(301);
        assertThatThrownBy(() -> gate.admit(bytes, false)).hasMessageContaining("its time");
    }

    @Test
    void whatSomebodyElseSignedOrNobodyOrIsForAnotherIsNotBelieved() throws MalformedException {
        assertThatThrownBy(() -> gate.admit(NoticeCodec.encode(notice(1, NOW, "branch"), Seal.NONE), false)).hasMessageContaining("not signed");
        assertThatThrownBy(() -> gate.admit(NoticeCodec.encode(notice(1, NOW, "branch"), new SharedSecret("another one of many letters")), true)).hasMessageContaining("not signed");
        assertThatThrownBy(() -> gate.admit(NoticeCodec.encode(notice(1, NOW, "till"), SECRET), false)).hasMessageContaining("another listener");
        assertThat(gate.admit(NoticeCodec.encode(notice(1, NOW, "branch"), Seal.NONE), true)).isNotNull();
        assertThat(gate.admit(NoticeCodec.encode(notice(2, NOW, ""), SECRET), false)).isNotNull();
    }

    @Test
    void keyOfTheRingSignsAndIsToldFromOthers(@TempDir Path here, @TempDir Path there, @TempDir Path stranger) throws Exception {
        KeyRing office = new KeyRing(here, () -> NOW);
        office.make("hq");
        KeyRing branch = new KeyRing(there, () -> NOW);
        branch.trust(KeyRing.export(office.read().ownOf("hq").get(0)), Duration.ofDays(1));
        KeyRing forger = new KeyRing(stranger, () -> NOW);
        forger.make("hq");
        KeyBook known = branch.read();
        NoticeGate strict = new NoticeGate(Set.of("branch"), () -> known, null, () -> clock);
        assertThat(strict.admit(NoticeCodec.encode(notice(1, NOW, "branch"), office.read().signingFor("hq")), false)).isNotNull();
        assertThatThrownBy(() -> strict.admit(NoticeCodec.encode(notice(2, NOW, "branch"), forger.read().signingFor("hq")), false)).hasMessageContaining("not signed");
        assertThatThrownBy(() -> strict.admit(NoticeCodec.encode(notice(3, NOW, "branch"), SECRET), false)).hasMessageContaining("not signed");
    }

    @Property(tries = 500)
    void noByteCanBeChanged(@ForAll Random random) throws MalformedException {
        NoticeGate fresh = new NoticeGate(Set.of("branch"), () -> KeyBook.EMPTY, SECRET, () -> clock);
        byte[] bytes = NoticeCodec.encode(notice(random.nextLong(), NOW, "branch"), SECRET);
        byte[] altered = bytes.clone();
        altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
        assertThatThrownBy(() -> fresh.admit(altered, true)).isInstanceOf(MalformedException.class);
        assertThat(fresh.admit(bytes, false)).isNotNull();
    }

    @Property(tries = 500)
    void rubbishIsNoNotice(@ForAll @Size(max = 3000) byte[] rubbish) {
        assertThatThrownBy(() -> gate.admit(rubbish, true)).isInstanceOf(MalformedException.class);
    }

    @Test
    void longestTextsFitAndConfirmationsComeBack() throws MalformedException {
        Notice longest = new Notice(false, NOW, -1, Long.MIN_VALUE, "ü".repeat(128), "日".repeat(128), "日".repeat(128), "日".repeat(400));
        assertThat(NoticeCodec.decode(NoticeCodec.encode(longest, SECRET)).notice()).isEqualTo(longest);
        NoticeCodec.Confirmation confirmation = new NoticeCodec.Confirmation(-5, -3);
        assertThat(NoticeCodec.decodeConfirmation(NoticeCodec.encode(confirmation))).isEqualTo(confirmation);
    }

    @Test
    void whatIsRememberedIsBounded() throws MalformedException {
        for (int i = 0; i < 10_000; i++) {
            gate.admit(NoticeCodec.encode(notice(i, NOW, "branch"), SECRET), false);
        }
        assertThatThrownBy(() -> gate.admit(NoticeCodec.encode(notice(-1, NOW, "branch"), SECRET), false)).hasMessageContaining("more than");
        clock = NOW.plus(Duration.ofMinutes(11));
        assertThat(gate.admit(NoticeCodec.encode(notice(-1, clock, "branch"), SECRET), false)).isNotNull();
    }
}
