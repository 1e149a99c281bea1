// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notice;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.change.MalformedException;
import dev.waybill.fuzzing.Bounds;
import dev.waybill.message.Seal;
import dev.waybill.seal.KeyBook;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Timeout;

/** Datagrams from anybody: they are refused, or they are a notice within its bounds whose bytes are those that it would be written with; and none that nobody has signed is believed. */
class NoticeFuzzTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final SharedSecret SECRET = new SharedSecret("nobody can guess this one");

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void nothingIsBelievedThatNobodyHasSigned(byte[] bytes) {
        NoticeGate gate = new NoticeGate(Set.of("branch"), () -> KeyBook.EMPTY, SECRET, () -> NOW);
        try {
            gate.admit(bytes, false);
            Bounds.demand(false, "believed");
        } catch (MalformedException refused) {
            Bounds.demand(refused.getMessage().length() < 1_000, "a long text");
        }
        try {
            NoticeCodec.Received received = NoticeCodec.decode(bytes);
            Bounds.demand(bytes.length <= NoticeCodec.LONGEST && received.signature().length <= 64, "beyond its bounds");
            if (received.scheme() == Seal.UNSIGNED && received.keyId().isEmpty() && received.signature().length == 0) {
                Bounds.demand(Arrays.equals(bytes, NoticeCodec.encode(received.notice(), Seal.NONE)), "written otherwise than read");
            }
        } catch (MalformedException none) {
            Bounds.demand(none.getMessage() != null, "no reason");
        }
        try {
            Bounds.demand(Arrays.equals(bytes, NoticeCodec.encode(NoticeCodec.decodeConfirmation(bytes))), "a confirmation written otherwise than read");
        } catch (MalformedException none) {
            Bounds.demand(bytes.length != NoticeCodec.CONFIRMATION_BYTES || none.getMessage().contains("no confirmation"), "no confirmation");
        }
    }
}
