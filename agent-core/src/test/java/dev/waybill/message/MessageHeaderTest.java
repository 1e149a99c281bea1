// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.waybill.journal.LogOffset;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of SQL Remote's documentation, literally. */
class MessageHeaderTest {

    @Test
    void aMessageAndTheOneAfterIt() {
        MessageHeader first = MessageHeader.parse("(0-0000923357-0000942712-0)");
        MessageHeader second = MessageHeader.parse("(0-0000942712-0001119170-0)");
        assertThat(first).isEqualTo(header(0, 923357, 942712, 0));
        assertThat(second).isEqualTo(header(0, 942712, 1119170, 0));
        assertThat(first.isWhole()).isTrue();
        assertThat(first.isPart()).isFalse();
        assertThat(second.prev()).isEqualTo(first.last());
        assertThat(first).hasToString("(0-0000923357-0000942712-0)");
        assertThat(second).hasToString("(0-0000942712-0001119170-0)");
    }

    @Test
    void aTransactionInFourParts() {
        String[] printed = {"(0-0000942712-0000942712-0)", "(0-0000942712-0000942712-1)", "(0-0000942712-0000942712-2)", "(0-0000942712-0001119170-3)"};
        for (int i = 0; i < printed.length; i++) {
            MessageHeader part = MessageHeader.parse(printed[i]);
            assertThat(part).hasToString(printed[i]).isEqualTo(header(0, 942712, i < 3 ? 942712 : 1119170, i));
            assertThat(part.isPart()).isTrue();
            assertThat(part.isWhole()).isFalse();
            assertThat(part.isLastPart()).isEqualTo(i == 3);
        }
    }

    @Property
    void everyHeaderIsParsedFromWhatItPrints(@ForAll @IntRange int resendCount, @ForAll @LongRange(max = Long.MAX_VALUE) long prev, @ForAll @LongRange(max = Long.MAX_VALUE) long last,
            @ForAll @IntRange int sequence) {
        MessageHeader header = header(resendCount, Math.min(prev, last), Math.max(prev, last), sequence);
        assertThat(MessageHeader.parse(header.toString())).isEqualTo(header);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0-0000923357-0000942712-0", "(0-923357-942712-0)", "(0-0000923357-0000942712)", "(0-0000923357-0000942712-0) ", "(-1-0000923357-0000942712-0)", "(00-0000923357-0000942712-0)",
        "(0-0000942712-0000923357-0)", "(0-0000923357-00000942712-0)", "(0-0000923357-9999999999999999999-0)", "(9999999999-0000923357-0000942712-0)", "(0-000092335x-0000942712-0)", "(0-٠٠٠٠٩٢٣٣٥٧-0000942712-0)"})
    void whatIsNotExactlyAHeaderIsRefused(String printed) {
        assertThatIllegalArgumentException().isThrownBy(() -> MessageHeader.parse(printed));
    }

    private static MessageHeader header(int resendCount, long prev, long last, int sequence) {
        return new MessageHeader(resendCount, new LogOffset(prev), new LogOffset(last), sequence);
    }
}
