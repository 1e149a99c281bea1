// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

import java.util.Map;

/** What becomes of the row. Immutable. */
public sealed interface Resolution {

    /** The change is performed as it came, as far as it can be: an update of a row that is not here leaves it so. */
    record AsItCame() implements Resolution {}

    /** The row stays as it is here, or stays gone. */
    record AsItIsHere() implements Resolution {}

    /** There is no row afterwards. */
    record NoRow() implements Resolution {}

    /**
     * The row has these values, by column; what is not named stays. Where no row is here, all columns without which there can be none have to be named. The key stays what it is.
     */
    record Row(Map<String, Object> values) implements Resolution {}
}
