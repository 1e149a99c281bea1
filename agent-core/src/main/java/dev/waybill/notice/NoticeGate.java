// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notice;

import dev.waybill.change.MalformedException;
import dev.waybill.change.MalformedException.Reason;
import dev.waybill.message.Seal;
import dev.waybill.seal.KeyBook;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Lets through what may be believed: for one of these listeners, by somebody known, lately, for the first time. Any thread, one at a time. */
public final class NoticeGate {

    /** So far may the time of a notice be from ours. */
    public static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int REMEMBERED = 10_000;

    private final Set<String> listeners;
    private final Supplier<KeyBook> keys;
    private final SharedSecret secret;
    private final InstantSource clock;
    private final Map<Seen, Instant> seen = new LinkedHashMap<>();

    private record Seen(String sender, long nonce) {}

    /**
     * @param listeners for whom notices are taken
     * @param keys      who is trusted, as it is now
     * @param secret    null: none is shared
     */
    public NoticeGate(Set<String> listeners, Supplier<KeyBook> keys, SharedSecret secret, InstantSource clock) {
        this.listeners = Set.copyOf(listeners);
        this.keys = keys;
        this.secret = secret;
        this.clock = clock;
    }

    /**
     * The notice, when it may be believed.
     *
     * @param fromKnown whether it came from somebody who has shown who he is: then it may lack a signature
     * @throws MalformedException it may not; the text says why
     */
    public synchronized Notice admit(byte[] bytes, boolean fromKnown) throws MalformedException {
        NoticeCodec.Received received = NoticeCodec.decode(bytes);
        Notice notice = received.notice();
        Instant now = clock.instant();
        if (!notice.recipient().isEmpty() && !listeners.contains(notice.recipient())) {
            throw refused("it is for another listener");
        }
        if (Duration.between(notice.issued(), now).abs().compareTo(WINDOW) > 0) {
            throw refused("its time is more than " + WINDOW.toMinutes() + " minutes from the time here; it is old, repeated, or a clock is wrong");
        }
        Seen one = new Seen(notice.sender(), notice.nonce());
        forgetBefore(now);
        if (seen.containsKey(one)) {
            throw refused("it was here before");
        }
        if (!isSigned(received, now) && !(fromKnown && received.scheme() == Seal.UNSIGNED)) {
            throw refused("it is not signed by a key of " + notice.sender() + " that is trusted here, nor by the shared secret");
        }
        if (seen.size() >= REMEMBERED) {
            throw refused("more than " + REMEMBERED + " came within " + 2 * WINDOW.toMinutes() + " minutes");
        }
        seen.put(one, now);
        return notice;
    }

    private boolean isSigned(NoticeCodec.Received received, Instant now) {
        return switch (received.scheme()) {
            case Seal.ED25519 -> keys.get().isSigned(received.notice().sender(), received.keyId(), now, received.covered(), received.signature());
            case SharedSecret.SCHEME -> secret != null && secret.isBy(received.covered(), received.signature());
            default -> false;
        };
    }

    /** Twice the window: a notice may be from the future by one. A clock that is set back forgets nothing. */
    private void forgetBefore(Instant now) {
        Instant before = now.minus(WINDOW.multipliedBy(2));
        for (Iterator<Instant> oldest = seen.values().iterator(); oldest.hasNext() && oldest.next().isBefore(before);) {
            oldest.remove();
        }
    }

    private static MalformedException refused(String why) {
        return new MalformedException(Reason.UNSIGNED, "a notice is not believed: " + why);
    }
}
