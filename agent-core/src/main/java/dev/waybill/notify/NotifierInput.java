// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.util.List;

/** What a {@link NotifierMachine} is told. */
sealed interface NotifierInput {

    /** Time has passed: what is due? */
    record Wake() implements NotifierInput {}

    /** The event under way is done; of handlers: there is none, or it said 0. */
    record Performed() implements NotifierInput {}

    /** The event under way failed and had no effect. */
    record Failed(boolean connectionLost) implements NotifierInput {}

    /** {@code shutdown_query} answered. */
    record ShutdownAnswered(boolean yes) implements NotifierInput {}

    /** {@code request_cursor} returned requests, each id once. */
    record Requested(List<PushRequest> requests) implements NotifierInput {}

    /** {@code request_cursor} returned what pollers are to find. */
    record Offered(List<PolledNotice> notices) implements NotifierInput {}

    /** A handler answered. */
    record Decided(RequestOption option) implements NotifierInput {}

    /** A notice could not be delivered by this gateway. */
    record Undelivered(long request, String gateway) implements NotifierInput {}

    /** A listener said what became of a notice: MobiLink's numbers, 0 for well. */
    record Confirmed(long request, int status) implements NotifierInput {}

    /** The notifier is to end. */
    record Stop() implements NotifierInput {}
}
