// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.MalformedException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CallCodecTest {

    private static final UUID ID = new UUID(1, 2);
    private static final List<Object> VALUES = Arrays.asList(null, true, Long.MIN_VALUE, 1.5, "tëxt", new BigDecimal("-12.340"), UUID.fromString("00000000-0000-0001-0000-000000000002"), LocalDate.of(2026, 11, 22), LocalTime.of(1, 2, 3, 4),
            LocalDateTime.of(2026, 11, 22, 1, 2, 3), OffsetDateTime.parse("2026-11-22T01:02:03+05:30"));

    @Test
    void whatIsAskedAndAnsweredIsUnderstoodAsItWasSaid() throws Exception {
        CallRequest.Procedure call = new CallRequest.Procedure(ID, Duration.ofSeconds(30), "p", 4711, VALUES);
        assertThat(CallCodec.call(CallCodec.bytes(call))).isEqualTo(call);
        CallRequest.Refresh refresh = new CallRequest.Refresh(ID, Duration.ofDays(1), "news", "north", true, 12);
        assertThat(CallCodec.refresh(CallCodec.bytes(refresh))).isEqualTo(refresh);
        for (Answer answer : List.of(new Answer.Failure("42S02", -7, "why", true), new Answer.Count(3), new Answer.Sent(99), new Answer.Rows(List.of("a", "b"), List.of(Arrays.asList(null, 1L), List.of("x", 2L))),
                new Answer.Rows(List.of("none"), List.of()))) {
            assertThat(CallCodec.reply(CallCodec.bytes(ID, answer))).isEqualTo(new CallCodec.Reply(ID, answer));
        }
    }

    @Test
    void bytesTravelAsTheyAre() throws Exception {
        byte[] bytes = {0, -1, 5};
        CallRequest.Procedure call = CallCodec.call(CallCodec.bytes(new CallRequest.Procedure(ID, Duration.ZERO, "p", 0, List.of(bytes))));
        assertThat((byte[]) call.arguments().get(0)).containsExactly(bytes);
    }

    @Property(tries = 2_000)
    void damagedOnesAreRefusedAndNothingElse(@ForAll int at, @ForAll byte with, @ForAll int length) {
        for (byte[] whole : List.of(CallCodec.bytes(new CallRequest.Procedure(ID, Duration.ofSeconds(30), "p", 4711, VALUES)), CallCodec.bytes(ID, new Answer.Rows(List.of("a"), List.of(List.of("x")))))) {
            byte[] damaged = Arrays.copyOf(whole, 1 + Math.floorMod(length, whole.length));
            damaged[Math.floorMod(at, damaged.length)] = with;
            List<Throwable> other = new ArrayList<>();
            for (Reading reading : List.<Reading>of(CallCodec::call, CallCodec::refresh, CallCodec::reply)) {
                try {
                    reading.of(damaged);
                } catch (MalformedException refused) {
                    assertThat(refused).hasMessageNotContaining("null");
                } catch (Throwable wrong) {
                    other.add(wrong);
                }
            }
            assertThat(other).isEmpty();
        }
    }

    private interface Reading {
        Object of(byte[] body) throws MalformedException;
    }

    @Test
    void numberThatWouldFillTheMemoryIsRefused() {
        byte[] bytes = CallCodec.bytes(new CallRequest.Procedure(ID, Duration.ZERO, "p", 0, List.of(new BigDecimal("1E+123456789"))));
        assertThatThrownBy(() -> CallCodec.call(bytes)).isInstanceOf(MalformedException.class);
    }
}
