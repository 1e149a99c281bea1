// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import java.util.UUID;

/**
 * What a person wants done with the exchange with one neighbour. It stands among the {@link PeerRequests} in {@code waybill.remote_user.request} until the agent has taken it up, at the beginning of its next cycle, in the commit with its
 * effect: never behind data, never lost, never overwritten by what the agent is just writing, nor by a word about the other direction. Immutable.
 */
public sealed interface PeerRequest {

    /** As it stands in the table. */
    String text();

    /** Read from the table. */
    static PeerRequest of(String text) {
        String[] words = text.split(" ");
        return switch (words[0]) {
            case "RESYNC" -> new Resync(words.length > 1);
            case "RESET" -> new Reset(Long.parseLong(words[1]), words.length > 2);
            case "REWIND" -> new Rewind(Long.parseLong(words[1]));
            case "ADOPT" -> new Adopt(UUID.fromString(words[1]));
            case "SKIP" -> new LeaveOut(PoisonPolicy.SKIP);
            case "PARK" -> new LeaveOut(PoisonPolicy.PARK);
            default -> throw new IllegalArgumentException("waybill.remote_user.request: " + text);
        };
    }

    /**
     * What it gets begins anew, with everything as it is now.
     *
     * @param renewed because this database has a new incarnation: whatever was split is over
     */
    record Resync(boolean renewed) implements PeerRequest {

        @Override
        public String text() {
            return renewed ? "RESYNC RENEWED" : "RESYNC";
        }
    }

    /**
     * What it gets begins anew after this offset, where both ends agree: somebody vouches for it.
     *
     * @param renewed because this database has a new incarnation
     */
    record Reset(long offset, boolean renewed) implements PeerRequest {

        @Override
        public String text() {
            return "RESET " + offset + (renewed ? " RENEWED" : "");
        }
    }

    /** What was sent after this offset is sent again. */
    record Rewind(long offset) implements PeerRequest {

        @Override
        public String text() {
            return "REWIND " + offset;
        }
    }

    /** It is this incarnation now. */
    record Adopt(UUID incarnation) implements PeerRequest {

        @Override
        public String text() {
            return "ADOPT " + incarnation;
        }
    }

    /** The transaction at which its stream halts is put aside, this one only; stands until that is done, or until it could be applied after all. */
    record LeaveOut(PoisonPolicy policy) implements PeerRequest {

        @Override
        public String text() {
            return policy.name();
        }
    }
}
