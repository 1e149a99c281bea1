// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import java.time.Duration;
import java.util.Collections;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What one database asks of another. Immutable. */
public sealed interface CallRequest {

    /** Drawn at random by whoever asks: by it a message that comes again is recognised. */
    UUID id();

    /** How long the asker waits. */
    Duration timeout();

    /** What is asked for, for people. */
    String subject();

    /**
     * To run a procedure.
     *
     * @param logOffset of the asker's journal: what runs was said behind this; 0 for no place
     */
    record Procedure(UUID id, Duration timeout, String procedure, long logOffset, List<Object> arguments) implements CallRequest {
        public Procedure {
            arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
        }

        @Override
        public String subject() {
            return procedure;
        }
    }

    /**
     * To send what there is of a publication.
     *
     * @param value     of the subscription; empty for none
     * @param full      whether all of it is to be sent again
     * @param logOffset of the journal of whoever is asked: at least up to there
     */
    record Refresh(UUID id, Duration timeout, String publication, String value, boolean full, long logOffset) implements CallRequest {
        @Override
        public String subject() {
            return publication + (value.isEmpty() ? "" : " ('" + value + "')");
        }
    }
}
