// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;

/**
 * Is told what an agent does, as it happens, in the agent's thread: for showing it. Must be quick and must not throw; what it is told before a commit it is never told. All methods do nothing unless overridden.
 */
public interface AgentEvents {

    /** Tells nobody. */
    AgentEvents NONE = new AgentEvents() { };

    /** So many transactions were given their log offsets, up to here. */
    default void sequenced(int transactions, LogOffset head) { }

    /** A message was handed to a link. */
    default void sent(Envelope envelope, int bytes) { }

    /** A message that is for this database was read from a link. */
    default void received(Envelope envelope, int bytes) { }

    /** So many transactions of a sender were applied and committed, up to here in his journal. */
    default void applied(String sender, int transactions, long rows, LogOffset logReceived) { }

    /** A sender was asked to send again. */
    default void resendAsked(String sender, int epoch, LogOffset from) { }

    /** A subscriber's stream was taken back to where he asked. */
    default void resendServed(String subscriber, int epoch, LogOffset from) { }

    /** A subscriber confirmed up to here in this database's journal. */
    default void confirmed(String subscriber, LogOffset confirmSent) { }

    /** A message was put aside. */
    default void quarantined(String link, String name, String reason) { }

    /** A message was deleted without effect: a duplicate, an old epoch, another database's. */
    default void discarded(String link, String name, String reason) { }

    /** The exchange with a neighbour, or a link, stopped; everything is kept. */
    default void halted(String name, String state, String reason) { }

    /** It goes on again. */
    default void recovered(String name) { }
}
