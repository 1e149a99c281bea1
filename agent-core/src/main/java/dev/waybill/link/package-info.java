// SPDX-License-Identifier: Apache-2.0
/**
 * How bytes travel: one contract, one class for each way, one conformance suite.
 *
 * <p><b>Guarantee.</b> None about order or delivery: a link may lose, repeat, reorder, delay and corrupt. What a link does promise is small: a message that {@link dev.waybill.link.Link#send} accepted
 * becomes visible whole or not at all (as far as the way allows), and a message stays until it is deleted. Deletion follows the commit of what it caused.
 */
package dev.waybill.link;
