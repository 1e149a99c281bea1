// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.change.MalformedException;
import dev.waybill.link.Link;
import dev.waybill.link.Link.LinkException;
import dev.waybill.message.Message;
import dev.waybill.message.MessageCodec;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * Opens the messages of one link in their order: the next few are read from it, too, and decoded by other threads while the agent's own takes in the ones before; and when a look leaves some for the next one, many, which are decoded while
 * the agent applies what it took in. What goes wrong with one is said when its turn comes. Bounded. One thread.
 */
final class Opening {

    private static final int AHEAD = 4;
    /** From one look to the next, as they lie on the link: the bound of a body lets them become sixteen times as long, and they rarely become more than four times as long. */
    private static final int FAR_AHEAD_BYTES = 2 << 20;

    private final Executor beside;
    private final Set<Mail> wanted = new LinkedHashSet<>();
    private final Map<Mail, Letter> letters = new HashMap<>();
    private Link link;
    private MessageCodec codec;

    Opening(Executor beside) {
        this.beside = beside;
    }

    /**
     * A look begins. What was read ahead by the one before and is not wanted any more is forgotten.
     *
     * @param mails those that will probably be opened, in this order
     */
    void begin(Link from, MessageCodec by, Collection<Mail> mails) {
        link = from;
        codec = by;
        wanted.clear();
        wanted.addAll(mails);
        letters.keySet().retainAll(wanted);
        wanted.removeAll(letters.keySet());
    }

    /** A message as it lies on the link, and what it says. */
    record Letter(Mail mail, byte[] bytes, Eager<Message> decoded) {

        Message message() throws MalformedException {
            try {
                return decoded.outcome();
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof MalformedException malformed) {
                    throw malformed;
                }
                throw new IllegalStateException(failed.getCause());
            }
        }
    }

    /** This one; null when it has gone from the link. */
    Letter open(Mail mail) throws LinkException {
        wanted.remove(mail);
        Letter letter = letters.remove(mail);
        if (letter == null) {
            letter = read(mail);
        }
        while (letters.size() < AHEAD && !wanted.isEmpty()) {
            readNext();
        }
        return letter;
    }

    /** The look ends and leaves the others for the next one. */
    void goFarAhead() {
        long bytes = letters.values().stream().mapToLong(letter -> letter.bytes().length).sum();
        while (bytes < FAR_AHEAD_BYTES && !wanted.isEmpty()) {
            bytes += readNext();
        }
    }

    /** Returns how long it is. */
    private int readNext() {
        Iterator<Mail> next = wanted.iterator();
        Mail mail = next.next();
        next.remove();
        try {
            Letter letter = read(mail);
            if (letter == null) {
                return 0;
            }
            letters.put(mail, letter);
            letter.decoded().begin(beside);
            return letter.bytes().length;
        } catch (LinkException inItsTurn) {
            return 0;
        }
    }

    private Letter read(Mail mail) throws LinkException {
        byte[] bytes = link.read(mail.arrival());
        MessageCodec decoder = codec;
        return bytes == null ? null : new Letter(mail, bytes, new Eager<>(() -> decoder.decode(bytes)));
    }
}
