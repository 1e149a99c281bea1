// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.agent.AgentEvents;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageKind;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * When each stage between two databases did its part of a backlog, first and last, and how long durable steps took, those that ran beside one another added up: an observer of both agents. They tell it in their threads, the benchmark asks
 * in its own.
 */
final class Stages implements AgentEvents, StepGuard {

    private enum Stage { SEQUENCED, SENT, RECEIVED, APPLIED }

    private final Map<Stage, long[]> stages = new EnumMap<>(Stage.class);
    private final Map<DurableStep, long[]> steps = new EnumMap<>(DurableStep.class);
    private long start;
    private int transactions;
    private int messages;
    private long bytes;

    /** Begins anew. */
    synchronized void start() {
        start = System.nanoTime();
        stages.clear();
        steps.clear();
        transactions = 0;
        messages = 0;
        bytes = 0;
    }

    /** How many transactions have their log offsets. */
    synchronized int sequenced() {
        return transactions;
    }

    /** How many messages with rows were handed over. */
    synchronized int messages() {
        return messages;
    }

    /** Milliseconds from the start. */
    synchronized String report() {
        String met = stages.entrySet().stream().map(stage -> String.format(Locale.ROOT, "%s %,d to %,d ms", stage.getKey(), stage.getValue()[0], stage.getValue()[1])).collect(Collectors.joining(", "));
        String durable = steps.entrySet().stream().map(step -> String.format(Locale.ROOT, "%d %s %,d ms", step.getValue()[0], step.getKey(), step.getValue()[1] / 1_000_000)).collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "%s; %,d messages, %,d bytes; %s", met, messages, bytes, durable);
    }

    private void met(Stage stage) {
        long now = (System.nanoTime() - start) / 1_000_000;
        stages.computeIfAbsent(stage, none -> new long[] {now, now})[1] = now;
    }

    @Override
    public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
        long began = System.nanoTime();
        try {
            return effect.run();
        } finally {
            performed(step, System.nanoTime() - began);
        }
    }

    private synchronized void performed(DurableStep step, long nanos) {
        long[] sum = steps.computeIfAbsent(step, none -> new long[2]);
        sum[0]++;
        sum[1] += nanos;
    }

    @Override
    public synchronized void sequenced(int more, LogOffset head) {
        transactions += more;
        met(Stage.SEQUENCED);
    }

    @Override
    public synchronized void sent(Envelope envelope, int length) {
        if (envelope.kind() == MessageKind.DATA) {
            met(Stage.SENT);
            messages++;
            bytes += length;
        }
    }

    @Override
    public synchronized void received(Envelope envelope, int length) {
        if (envelope.kind() == MessageKind.DATA) {
            met(Stage.RECEIVED);
        }
    }

    @Override
    public synchronized void applied(String sender, int transactions, long rows, LogOffset logReceived) {
        met(Stage.APPLIED);
    }
}
