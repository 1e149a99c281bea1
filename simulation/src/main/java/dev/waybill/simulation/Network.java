// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import dev.waybill.message.Envelope;
import dev.waybill.message.MessageKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/** All mailboxes, and what happens to messages on their way. */
final class Network {

    /** A message in a mailbox. */
    record Letter(String name, Envelope envelope, byte[] body, boolean corrupt, long visibleAt) {}

    private final SplittableRandom random;
    private final Mischief mischief;
    private final BiConsumer<Envelope, String> told;
    private final Map<String, Map<String, Letter>> mailboxes = new HashMap<>();
    private final Map<String, Long> cutUntil = new HashMap<>();
    private long names;
    long sent;
    long spoken;

    Network(SplittableRandom random, Mischief mischief, BiConsumer<Envelope, String> told) {
        this.random = random;
        this.mischief = mischief;
        this.told = told;
    }

    void send(Envelope envelope, byte[] body, long now, Faults faults) {
        sent++;
        if (envelope.kind() != MessageKind.JOIN) {
            spoken++;
        }
        String way = envelope.sender() + ">" + envelope.recipient();
        if (chance(faults.partition() / 5)) {
            cutUntil.put(way, now + random.nextInt(120_000));
        }
        if (chance(faults.lose()) || faults != Faults.NONE && cutUntil.getOrDefault(way, 0L) > now) {
            told.accept(envelope, "lost");
            return;
        }
        int copies = chance(faults.repeat()) ? 2 + random.nextInt(2) : 1;
        for (int i = 0; i < copies; i++) {
            long transit = chance(faults.delay()) ? random.nextInt(240_000) : random.nextInt(200);
            boolean corrupt = chance(faults.corrupt());
            if (corrupt) {
                told.accept(envelope, "damaged");
            }
            if (i > 0) {
                told.accept(envelope, "comes again");
            }
            if (transit >= 200) {
                told.accept(envelope, "under way for " + transit + " ms");
            }
            String name = "m" + names++;
            mailbox(envelope.recipient()).put(name, new Letter(name, envelope, corrupt ? damaged(body) : body, corrupt, now + transit));
        }
    }

    /** What is there, in no order. */
    List<Letter> list(String reader, long now) {
        List<Letter> visible = new ArrayList<>();
        for (Letter letter : mailbox(reader).values()) {
            if (letter.visibleAt() <= now) {
                visible.add(letter);
            }
        }
        Collections.shuffle(visible, new Random(random.nextLong()));
        return visible;
    }

    Letter read(String reader, String name) {
        return mailbox(reader).get(name);
    }

    void delete(String reader, String name) {
        mailbox(reader).remove(name);
    }

    /** When the next message becomes visible. */
    long nextArrival(String reader, long now) {
        long next = Long.MAX_VALUE;
        for (Letter letter : mailbox(reader).values()) {
            if (letter.visibleAt() > now) {
                next = Math.min(next, letter.visibleAt());
            }
        }
        return next;
    }

    private byte[] damaged(byte[] body) {
        if (body.length == 0) {
            return body;
        }
        byte[] other = random.nextBoolean() ? body.clone() : Arrays.copyOf(body, random.nextInt(body.length) + 1);
        other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        return other;
    }

    /** By name, in the order of arrival. */
    private Map<String, Letter> mailbox(String reader) {
        return mailboxes.computeIfAbsent(reader, key -> new LinkedHashMap<>());
    }

    private boolean chance(double probability) {
        return mischief.strikes(random, probability);
    }
}
