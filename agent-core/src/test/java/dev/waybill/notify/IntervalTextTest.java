// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntervalTextTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void originalsNotationAndIsoAreRead() {
        assertThat(IntervalText.parse("1H 30M 10S", MINUTE)).isEqualTo(Duration.ofSeconds(5410));
        assertThat(IntervalText.parse("90s", MINUTE)).isEqualTo(Duration.ofSeconds(90));
        assertThat(IntervalText.parse("PT1H30M10S", MINUTE)).isEqualTo(Duration.ofSeconds(5410));
        assertThat(IntervalText.parse(" 5 ", MINUTE)).isEqualTo(Duration.ofMinutes(5));
        assertThat(IntervalText.parse("5", Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "0", "0s", "PT0S", "0H 0M"})
    void nothingAndZeroMeanThatThereIsNone(String text) {
        assertThat(IntervalText.parse(text, MINUTE)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "5x", "10S 5M", "PT-1S", "999999999H", "9999999999", "P", "5M5M", "1.5H", "999999999999999999999999999999999999999999"})
    void whatCannotBeReadIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> IntervalText.parse(text, MINUTE)).withMessageContaining(IntervalText.EXPECTED);
    }

    @Property(tries = 200)
    void partsAddUp(@ForAll @IntRange(max = 100) int hours, @ForAll @IntRange(max = 5000) int minutes, @ForAll @IntRange(min = 1, max = 100_000) int seconds) {
        assertThat(IntervalText.parse(hours + "h " + minutes + "m " + seconds + "s", MINUTE)).isEqualTo(Duration.ofHours(hours).plusMinutes(minutes).plusSeconds(seconds));
    }
}
