// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.agent.AgentEvents;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;
import java.io.PrintStream;
import java.util.Locale;

/** What an agent does, a line for each thing, as it happens. */
final class PrintedEvents implements AgentEvents {

    private final PrintStream out;

    PrintedEvents(PrintStream out) {
        this.out = out;
    }

    @Override
    public void sequenced(int transactions, LogOffset head) {
        out.println("sequenced " + count(transactions, "transaction") + ", head " + head);
    }

    @Override
    public void sent(Envelope envelope, int bytes) {
        out.println("sent " + what(envelope) + " to " + envelope.recipient() + ", " + bytes + " bytes");
    }

    @Override
    public void received(Envelope envelope, int bytes) {
        out.println("got " + what(envelope));
    }

    @Override
    public void applied(String sender, int transactions, long rows, LogOffset logReceived) {
        out.println("applied " + count(transactions, "transaction") + ", " + count(rows, "row") + ", up to " + logReceived);
    }

    @Override
    public void resendAsked(String sender, int epoch, LogOffset from) {
        out.println("ASKED for a resend from " + from + ", epoch " + epoch);
    }

    @Override
    public void resendServed(String subscriber, int epoch, LogOffset from) {
        out.println("resending to " + subscriber + " from " + from + ", epoch " + epoch);
    }

    @Override
    public void quarantined(String link, String name, String reason) {
        out.println("QUARANTINED " + name + ": " + reason);
    }

    @Override
    public void discarded(String link, String name, String reason) {
        out.println("deleted a message: " + reason);
    }

    @Override
    public void halted(String name, String state, String reason) {
        out.println("HALTED " + name + ", " + state + ": " + reason);
    }

    @Override
    public void recovered(String name) {
        out.println("goes on again: " + name);
    }

    private static String what(Envelope envelope) {
        return envelope.kind().isInChain() ? envelope.header().toString() : envelope.kind().toString().toLowerCase(Locale.ROOT);
    }

    private static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
