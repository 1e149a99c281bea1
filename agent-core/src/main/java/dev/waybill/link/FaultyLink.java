// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A link that does to messages, on sending, what bad links do: chosen by the random generator at the given rates, told to a handler. With all rates zero it is the link inside, exactly.
 * One thread at a time.
 */
public final class FaultyLink extends ForwardingLink {

    private static final int HELD_AT_MOST = 1_000;

    private final Rates rates;
    private final RandomGenerator random;
    private final FaultHandler handler;
    private final Deque<Held> held = new ArrayDeque<>();

    /** Decorates a link. */
    public FaultyLink(Link inside, Rates rates, RandomGenerator random, FaultHandler handler) {
        super(inside);
        this.rates = rates;
        this.random = random;
        this.handler = handler;
    }

    @Override
    public void send(String address, byte[] message) throws LinkException {
        Deque<Held> earlier = new ArrayDeque<>(held);
        held.clear();
        if (chosen(rates.lose())) {
            handler.happened(Fault.LOST, address, message);
        } else {
            forward(address, message);
        }
        release(earlier);
    }

    private void forward(String address, byte[] message) throws LinkException {
        if (chosen(rates.repeat())) {
            handler.happened(Fault.REPEATED, address, message);
            inside.send(address, message);
        }
        if (chosen(rates.reorder()) && held.size() < HELD_AT_MOST) {
            handler.happened(Fault.REORDERED, address, message);
            held.add(new Held(address, message.clone(), 0));
        } else if (chosen(rates.delay()) && held.size() < HELD_AT_MOST) {
            handler.happened(Fault.DELAYED, address, message);
            held.add(new Held(address, message.clone(), 1 + random.nextInt(rates.delayAtMost())));
        } else {
            inside.send(address, damaged(address, message));
        }
    }

    private byte[] damaged(String address, byte[] message) {
        if (message.length > 0 && chosen(rates.corrupt())) {
            byte[] copy = message.clone();
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
            handler.happened(Fault.CORRUPTED, address, copy);
            return copy;
        }
        if (message.length > 0 && chosen(rates.truncate())) {
            byte[] copy = Arrays.copyOf(message, random.nextInt(message.length));
            handler.happened(Fault.TRUNCATED, address, copy);
            return copy;
        }
        return message;
    }

    /** What was held back goes after what was sent since, or waits for further turns. */
    private void release(Deque<Held> earlier) throws LinkException {
        for (Held message : earlier) {
            if (message.turns() > 0) {
                held.add(new Held(message.address(), message.message(), message.turns() - 1));
            } else {
                inside.send(message.address(), message.message());
            }
        }
    }

    /** Whether the next one in a hundred times this rate is chosen; draws nothing at rate zero. */
    private boolean chosen(double rate) {
        return rate > 0 && random.nextDouble() < rate;
    }

    /** Looks into the mailbox; that is a turn, too, so nothing is held for ever where nothing more is sent. */
    @Override
    public List<Arrival> list(int atMost) throws LinkException {
        Deque<Held> earlier = new ArrayDeque<>(held);
        held.clear();
        release(earlier);
        return inside.list(atMost);
    }

    /** What is still held is lost with the link. */
    @Override
    public void close() {
        held.clear();
        inside.close();
    }

    private record Held(String address, byte[] message, int turns) {}

    /**
     * How often each fault happens, 0 to 1.
     *
     * @param delayAtMost most turns (sends and looks into the mailbox) that a delayed message waits; at least 1
     */
    public record Rates(double lose, double repeat, double reorder, double delay, int delayAtMost, double corrupt, double truncate) {

        /** No faults. */
        public static final Rates NONE = new Rates(0, 0, 0, 0, 1, 0, 0);
    }

    /** What was done to a message. */
    public enum Fault { LOST, REPEATED, REORDERED, DELAYED, CORRUPTED, TRUNCATED }

    /** Is told of every fault, on the sending thread, before it happens. */
    public interface FaultHandler {

        /** Tells nobody. */
        FaultHandler NONE = (fault, address, message) -> { };

        /** This is about to be done to this message (as it will be, when it is damaged). */
        void happened(Fault fault, String address, byte[] message);
    }
}
