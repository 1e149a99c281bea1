// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.setting;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as people write it in settings and on the command line: {@code 4096}, {@code 64MB}. K, M and G count by 1,024. */
public final class BytesText {

    /** What the text should have been, for errors. */
    public static final String EXPECTED = "a number of bytes, as 64MB";

    private static final Pattern BYTES = Pattern.compile("(\\d{1,9})\\s*(?:([KMG])B)?", Pattern.CASE_INSENSITIVE);

    private BytesText() {}

    /**
     * The number that is meant.
     *
     * @throws IllegalArgumentException when the text is none
     */
    public static long parse(String text) {
        Matcher matcher = BYTES.matcher(text.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        int shift = matcher.group(2) == null ? 0 : 10 * (1 + "KMG".indexOf(matcher.group(2).toUpperCase(Locale.ROOT)));
        return Long.parseLong(matcher.group(1)) << shift;
    }
}
