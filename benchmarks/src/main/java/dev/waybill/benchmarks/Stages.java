// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.agent.AgentEvents;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageKind;
import java.util.Locale;

/** When each stage between two databases had done its part of a backlog: an observer of both agents. They tell it in their threads, the benchmark asks in its own. */
final class Stages implements AgentEvents {

    private long start;
    private long sequenced;
    private long sent;
    private long received;
    private long applied;
    private int messages;
    private long bytes;

    /** Begins anew. */
    synchronized void start() {
        start = System.nanoTime();
        sequenced = start;
        sent = start;
        received = start;
        applied = start;
        messages = 0;
        bytes = 0;
    }

    /** The end of each stage, in milliseconds from the start. */
    synchronized String report() {
        return String.format(Locale.ROOT, "sequenced %,d ms, sent %,d ms, received %,d ms, applied %,d ms; %,d messages, %,d bytes", millis(sequenced), millis(sent), millis(received), millis(applied),
                messages, bytes);
    }

    private long millis(long at) {
        return (at - start) / 1_000_000;
    }

    @Override
    public synchronized void sequenced(int transactions, LogOffset head) {
        sequenced = System.nanoTime();
    }

    @Override
    public synchronized void sent(Envelope envelope, int length) {
        if (envelope.kind() == MessageKind.DATA) {
            sent = System.nanoTime();
            messages++;
            bytes += length;
        }
    }

    @Override
    public synchronized void received(Envelope envelope, int length) {
        if (envelope.kind() == MessageKind.DATA) {
            received = System.nanoTime();
        }
    }

    @Override
    public synchronized void applied(String sender, int transactions, long rows, LogOffset logReceived) {
        applied = System.nanoTime();
    }
}
