// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import dev.waybill.change.MalformedException;
import dev.waybill.notice.Notice;
import dev.waybill.notice.NoticeCodec;
import dev.waybill.notice.NoticeGate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Lets handlers do what they do with a notice that may be believed. What is refused is counted, and said now and then. Any thread; one notice at a time. */
public final class Listener {

    private static final System.Logger LOG = System.getLogger(Listener.class.getName());
    private static final int MOST_PROGRAMS = 16;
    private static final int REJECTED = -2;
    private static final int ACTION_FAILED = -3;
    private static final long SAY_EVERY_NANOS = 60_000_000_000L;

    private final NoticeGate gate;
    private final List<MessageHandler> handlers;
    private final String name;
    private final Action.Means means;
    private final Consumer<String> told;
    private long refused;
    private long saidAt;
    private boolean said;

    /**
     * @param name     of this listener, for variables
     * @param handlers asked in this order
     * @param told     is told what is done, a line for each
     */
    public Listener(String name, NoticeGate gate, List<MessageHandler> handlers, PacedSync sync, Runnable shutdown, Consumer<String> told) {
        this.name = name;
        this.gate = gate;
        this.handlers = List.copyOf(handlers);
        this.means = new Doing(sync, shutdown);
        this.told = told;
    }

    private record Doing(PacedSync refresh, Runnable end, List<Process> programs) implements Action.Means {

        private Doing(PacedSync refresh, Runnable end) {
            this(refresh, end, new ArrayList<>());
        }

        @Override
        public void sync() {
            refresh.ask();
        }

        @Override
        public void shutdown() {
            end.run();
        }

        @Override
        public boolean takeProgram(Process started) {
            programs.removeIf(process -> !process.isAlive());
            return programs.size() < MOST_PROGRAMS && programs.add(started);
        }
    }

    /** There may have been notices that nobody heard: what they are about is looked for. */
    public void mayHaveMissedSome() {
        means.sync();
    }

    /**
     * Takes what came.
     *
     * @param channel   by which, for variables: SYNC, UDP
     * @param fromKnown whether it came from somebody who has shown who he is
     * @return the bytes of a confirmation; null when none is to be said
     */
    public synchronized byte[] hear(byte[] bytes, String channel, boolean fromKnown) {
        try {
            Notice notice = gate.admit(bytes, fromKnown);
            return confirmation(notice, act(notice, channel));
        } catch (MalformedException unbelieved) {
            refuse(unbelieved);
            return null;
        }
    }

    /** What a poller found, which is believed because of where it was found. */
    public synchronized void found(Notice notice) {
        act(notice, "POLL");
    }

    private void refuse(MalformedException why) {
        refused++;
        long now = System.nanoTime();
        if (!said || now - saidAt > SAY_EVERY_NANOS) {
            LOG.log(System.Logger.Level.WARNING, why.getMessage() + ". Nothing was done because of it; so far that was so with " + refused + ". If it should be believed, see to keys, secret and clocks of both ends.");
            said = true;
            saidAt = now;
        }
    }

    /** What nobody has heard so far is refused, too. */
    synchronized long refused() {
        return refused;
    }

    private record Outcome(int status, boolean confirms) {}

    private Outcome act(Notice notice, String channel) {
        int status = REJECTED;
        boolean confirms = true;
        for (MessageHandler handler : handlers) {
            if (handler.isFor(notice)) {
                boolean well = perform(handler, notice, channel);
                status = well ? status == ACTION_FAILED ? status : 0 : ACTION_FAILED;
                confirms &= handler.confirms();
                if (!handler.goesOn()) {
                    break;
                }
            }
        }
        if (status == REJECTED) {
            told.accept("no handler is for " + shown(notice));
        }
        return new Outcome(status, confirms);
    }

    private boolean perform(MessageHandler handler, Notice notice, String channel) {
        Variables variables = Variables.of(notice, channel, name, handler.start());
        boolean well = attempt(handler.action(), variables, notice);
        return well || handler.alternative() != null && attempt(handler.alternative(), variables, notice);
    }

    private boolean attempt(Action action, Variables variables, Notice notice) {
        String what = action.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        try {
            action.perform(variables, means);
            told.accept(what + " because of " + shown(notice));
            return true;
        } catch (IOException | RuntimeException failed) {
            told.accept(what + " failed, because of " + shown(notice) + ": " + failed.getMessage());
            return false;
        }
    }

    /** For people: letters that a terminal would obey are none. */
    private static String shown(Notice notice) {
        return notice.sender() + " " + notice.text().replaceAll("\\p{Cntrl}", "?");
    }

    private static byte[] confirmation(Notice notice, Outcome outcome) {
        return notice.confirmed() && outcome.confirms() ? NoticeCodec.encode(new NoticeCodec.Confirmation(notice.nonce(), outcome.status())) : null;
    }
}
