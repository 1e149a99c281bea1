// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.driver.setting.BytesText;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes on the command line, written as in the driver's settings. */
final class BytesOption implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return BytesText.parse(text);
        } catch (IllegalArgumentException unreadable) {
            throw new TypeConversionException("\"" + text + "\" is not " + BytesText.EXPECTED);
        }
    }
}
