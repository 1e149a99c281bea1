// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.util.Locale;

/** How a database keeps identifiers that were written without quotes. */
enum IdentifierCase {
    UPPER, LOWER, KEPT;

    String fold(String identifier) {
        return switch (this) {
            case UPPER -> identifier.toUpperCase(Locale.ROOT);
            case LOWER -> identifier.toLowerCase(Locale.ROOT);
            case KEPT -> identifier;
        };
    }
}
