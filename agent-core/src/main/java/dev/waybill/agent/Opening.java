// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.change.MalformedException;
import dev.waybill.link.Link;
import dev.waybill.link.Link.LinkException;
import dev.waybill.message.Message;
import dev.waybill.message.MessageCodec;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * Opens the messages of one look in their order: the next few are read from their link, too, and decoded by other threads while the agent's own takes in the ones before. What goes wrong with one is said when its turn comes. One thread.
 */
final class Opening {

    private static final int AHEAD = 4;

    private final Link link;
    private final MessageCodec codec;
    private final Executor beside;
    private final Deque<Mail> wanted;
    private final Deque<Letter> letters = new ArrayDeque<>();

    /** @param wanted those that will probably be opened, in this order */
    Opening(Link link, MessageCodec codec, Executor beside, Collection<Mail> wanted) {
        this.link = link;
        this.codec = codec;
        this.beside = beside;
        this.wanted = new ArrayDeque<>(wanted);
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
        Letter letter = !letters.isEmpty() && letters.element().mail().equals(mail) ? letters.remove() : read(mail);
        goAhead(mail);
        return letter;
    }

    private void goAhead(Mail opened) {
        wanted.remove(opened);
        while (letters.size() < AHEAD && !wanted.isEmpty()) {
            Letter letter = tryToRead(wanted.remove());
            if (letter != null) {
                letters.add(letter);
                letter.decoded().begin(beside);
            }
        }
    }

    private Letter tryToRead(Mail mail) {
        try {
            return read(mail);
        } catch (LinkException inItsTurn) {
            return null;
        }
    }

    private Letter read(Mail mail) throws LinkException {
        byte[] bytes = link.read(mail.arrival());
        return bytes == null ? null : new Letter(mail, bytes, new Eager<>(() -> codec.decode(bytes)));
    }
}
