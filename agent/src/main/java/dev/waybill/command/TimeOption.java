// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.driver.setting.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A length of time on the command line, written as in the driver's settings. */
final class TimeOption implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException unreadable) {
            throw new TypeConversionException("\"" + text + "\" is not " + DurationText.EXPECTED);
        }
    }
}
