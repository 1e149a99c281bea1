// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import dev.waybill.error.WaybillError;
import dev.waybill.message.Seal;
import dev.waybill.message.Trust;
import dev.waybill.seal.KeyRing.KeyException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The ring of a running agent: looked at again and again, so that keys come and go without a stop. What could be read last stays in force while it cannot be read. One thread; what it hands out is for any thread.
 */
public final class Keys {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final KeyRing ring;
    private final InstantSource clock;
    private KeyBook book = KeyBook.EMPTY;
    private String looked = "";
    private Instant last = Instant.MIN;
    private String trouble;

    /** @param directory of the ring; null: this agent has none */
    public Keys(Path directory, InstantSource clock) {
        this.ring = directory == null ? null : new KeyRing(directory, clock);
        this.clock = clock;
    }

    /** Looks whether the ring has changed; returns why it cannot be read, or null. */
    public String refresh() {
        Instant now = clock.instant();
        if (ring == null || !now.isBefore(last) && now.isBefore(last.plus(BETWEEN_LOOKS))) {
            return trouble;
        }
        last = now;
        try {
            String state = ring.look();
            if (!state.equals(looked) || trouble != null) {
                book = ring.read();
                looked = state;
            }
            trouble = null;
        } catch (KeyException unreadable) {
            trouble = unreadable.getMessage();
        }
        return trouble;
    }

    /** Of what is in force; differs when anything on the ring does. */
    public String state() {
        return looked;
    }

    /** The ids of this neighbour's keys that are trusted now: what envelopes to him name. */
    public List<String> acceptedOf(String neighbour) {
        return book.acceptedOf(neighbour, clock.instant());
    }

    /**
     * How messages to this neighbour leave.
     *
     * @param accepted the keys that he said he trusts; null when he was not heard yet
     * @throws KeyException a key that is needed is not there
     */
    public Seal seal(String me, String neighbour, SealPolicy policy, List<String> accepted) throws KeyException {
        Optional<OwnKey> signer = policy.signatures() == SealPolicy.Signatures.OFF ? Optional.empty() : book.signing(me, accepted);
        if (signer.isEmpty() && policy.isStrict()) {
            throw new KeyException(trouble != null ? trouble : WaybillError.SEAL_KEY_MISSING.with(neighbour, me).getMessage(), null);
        }
        Optional<TrustedKey> reader = policy.encrypted() ? book.newestOf(neighbour, clock.instant()) : Optional.empty();
        if (reader.isEmpty() && policy.encrypted()) {
            throw new KeyException(trouble != null ? trouble : WaybillError.SEAL_KEY_OF_NEIGHBOUR.with(neighbour).getMessage(), null);
        }
        return signer.isEmpty() && reader.isEmpty() ? Seal.NONE : new KeySeal(signer.orElse(null), reader.orElse(null));
    }

    /** Which messages are believed that come now; the policies say what is demanded of a sender's. */
    public Trust trust(String me, Function<String, SealPolicy> policies) {
        return new KeyTrust(book, me, policies, clock.instant());
    }
}
