// SPDX-License-Identifier: Apache-2.0
/**
 * Guaranteed delivery as pure state machines: events in, actions out; no I/O, no clock, no thread, no randomness of their own.
 *
 * <p>One {@code Sender} for each subscriber, one {@code Receiver} for each sender. Their states are records that can be printed and that a database keeps in {@code waybill.remote_user}; a step is a function
 * from (state, event, now) to (new state, actions). The rules R0 to R10 and R12's HALT are numbered where they are decided.
 */
package dev.waybill.delivery;
