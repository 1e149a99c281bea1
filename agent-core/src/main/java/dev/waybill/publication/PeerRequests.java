// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.publication.PeerRequest.Adopt;
import dev.waybill.publication.PeerRequest.LeaveOut;
import dev.waybill.publication.PeerRequest.Reset;
import dev.waybill.publication.PeerRequest.Resync;
import dev.waybill.publication.PeerRequest.Rewind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What people want done with the exchange with one neighbour and no agent has taken up yet, in the order in which it was said: at most one thing about what comes from it (ADOPT, PARK, SKIP) and one about what is sent to it (RESYNC, RESET,
 * REWIND). The two are independent, so neither word replaces the other; of two words about one direction the later one counts, except that
 *
 * <ul>
 * <li>a renewal of this database stays one, whatever is said about the stream afterwards;
 * <li>REWIND adds nothing to a stream that is to begin anew;
 * <li>PARK and SKIP add nothing to ADOPT, after which what halted is void.
 * </ul>
 *
 * Immutable.
 */
public record PeerRequests(List<PeerRequest> waiting) {

    private static final String BETWEEN = "; ";

    public PeerRequests {
        waiting = List.copyOf(waiting);
    }

    /** Read from the table; null for nothing. */
    public static PeerRequests of(String text) {
        List<PeerRequest> waiting = new ArrayList<>();
        if (text != null) {
            for (String one : text.split(BETWEEN)) {
                waiting.add(PeerRequest.of(one));
            }
        }
        return new PeerRequests(waiting);
    }

    /** As it stands in the table; null for nothing. */
    public String text() {
        return waiting.isEmpty() ? null : String.join(BETWEEN, waiting.stream().map(PeerRequest::text).toList());
    }

    /** What waits when this is said, too. */
    public PeerRequests with(PeerRequest wish) {
        if (wish instanceof Rewind && has(older -> older instanceof Resync || older instanceof Reset) || wish instanceof LeaveOut && has(Adopt.class::isInstance)) {
            return this;
        }
        boolean renewed = has(PeerRequests::isRenewed);
        List<PeerRequest> now = new ArrayList<>(without(older -> isOfWhatComes(older) == isOfWhatComes(wish)).waiting);
        now.add(renewed ? renewed(wish) : wish);
        return new PeerRequests(now);
    }

    /** What waits when these are done. */
    public PeerRequests without(Predicate<PeerRequest> done) {
        return new PeerRequests(waiting.stream().filter(done.negate()).toList());
    }

    /** The stream is to begin anew after this offset; null when it is not. */
    Long resetAfter() {
        return waiting.stream().filter(Reset.class::isInstance).map(reset -> ((Reset) reset).offset()).findFirst().orElse(null);
    }

    private boolean has(Predicate<PeerRequest> kind) {
        return waiting.stream().anyMatch(kind);
    }

    private static boolean isOfWhatComes(PeerRequest request) {
        return request instanceof Adopt || request instanceof LeaveOut;
    }

    private static boolean isRenewed(PeerRequest request) {
        return request instanceof Resync resync && resync.renewed() || request instanceof Reset reset && reset.renewed();
    }

    private static PeerRequest renewed(PeerRequest wish) {
        return wish instanceof Resync ? new Resync(true) : wish instanceof Reset reset ? new Reset(reset.offset(), true) : wish;
    }
}
