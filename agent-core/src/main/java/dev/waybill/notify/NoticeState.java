// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.time.Instant;

/**
 * What is on record of a request of a notifier: {@code waybill.push_request_state}. Immutable.
 *
 * @param state   of {@link OpenRequest.State}
 * @param reason  why it is over; null while it is not
 * @param gateway by which it was sent last
 */
record NoticeState(PushRequest request, Instant firstSent, Instant lastSent, int sends, String state, DeleteReason reason, String gateway) {}
