// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Turns one agent's loop in a thread of its own until it is stopped. Stopping lets the present step end and never interrupts. Any thread.
 */
public final class AgentRunner {

    private static final System.Logger LOG = System.getLogger(AgentRunner.class.getName());
    private static final Duration OPEN_AGAIN = Duration.ofSeconds(1);

    private final AgentLoop.Factory factory;
    private final Waker waker = new Waker();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopping;
    private String told = "";

    AgentRunner(AgentLoop.Factory factory) {
        this.factory = factory;
    }

    /** An agent for this database, running until it is stopped. */
    public static AgentRunner start(AgentHome home, AgentSurroundings around) {
        return new AgentRunner(DatabaseLoop.factory(home, around)).start(around.threads());
    }

    /** Starts the thread. Once. */
    AgentRunner start(ThreadFactory threads) {
        threads.newThread(this::run).start();
        return this;
    }

    /** Ends the present sleep. */
    public void wake() {
        waker.wake();
    }

    /** Lets the present step end, then the thread; returns at once. */
    public void stop() {
        stopping = true;
        waker.wake();
    }

    /** Whether it was stopped, or ended because its embedded database was closed. */
    boolean isStopping() {
        return stopping;
    }

    /** Waits for the end after {@link #stop}; returns whether it has come. */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void run() {
        try {
            while (!stopping) {
                runOpened();
            }
        } finally {
            ended.countDown();
        }
    }

    private void runOpened() {
        try (AgentLoop loop = factory.open(waker::wake)) {
            while (!stopping) {
                waker.sleep(loop.turn());
                told = "";
            }
        } catch (Exception failed) {
            if (!stopping && factory.isOver(failed)) {
                stopping = true;
                LOG.log(System.Logger.Level.DEBUG, "The database was closed, its message agent ends. It begins again with the next connection. Everything is kept.");
            } else if (!stopping) {
                tellOnce(failed);
                waker.sleep(OPEN_AGAIN);
            }
        }
    }

    private void tellOnce(Exception failed) {
        String text = String.valueOf(failed.getMessage());
        if (!text.equals(told)) {
            told = text;
            LOG.log(System.Logger.Level.WARNING, "The message agent cannot work now: " + text + " Nothing is lost, everything is kept. It tries again by itself.");
            LOG.log(System.Logger.Level.DEBUG, "where the message agent stopped", failed);
        }
    }
}
