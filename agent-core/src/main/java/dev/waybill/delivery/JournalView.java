// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import java.util.Optional;

/** What a sender must be able to look up in its own journal. Consistent while one step runs. */
public interface JournalView {

    /** The last entry; {@link Position#start} of an empty journal. */
    Position head();

    /** Entries up to here are gone; {@link Position#start} when nothing was trimmed. */
    Position trimmedTo();

    /** The position of the entry at exactly this offset; empty when none ends there. Asked only for offsets above {@link #trimmedTo} and up to {@link #head}. */
    Optional<Position> at(LogOffset offset);
}
