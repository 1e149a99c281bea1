// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * What the head office keeps of an invitation, on its ring, in a file that its owner alone can read. Immutable; any thread.
 *
 * <pre>
 *   waybill invited 1
 *   id: 24 letters          host: hq         incarnation: of hq          guest: branch          until: 2026-…Z          secret: base64
 *   key: base64             taken: incarnation of the guest              both from when it was used: for no other key, for no other database from then on
 *   done: yes               from when all is done that follows
 * </pre>
 *
 * @param id          names it, also in the guest's first word
 * @param host        publisher of the head office
 * @param incarnation of the head office, which the guest must know
 * @param guest       the only name for which it is good
 * @param until       not any more from then on
 * @param secret      what the guest must have
 * @param taken       by whom; null: by nobody yet
 * @param done        whether the guest's key is trusted and its subscriptions have begun
 */
public record Invited(String id, String host, UUID incarnation, String guest, Instant until, OneTimeSecret secret, Guest taken, boolean done) {

    private static final String HEAD = "waybill invited 1";
    private static final List<String> FIELDS = List.of("id", "host", "incarnation", "guest", "until", "secret", "key", "taken", "done");
    private static final int MOST_LINES = 20;

    /**
     * Who used an invitation.
     *
     * @param key         as {@link KeyRing#export} writes it
     * @param incarnation of its database
     */
    record Guest(String key, UUID incarnation) {}

    /** Used by nobody yet. */
    public Invited(String id, String host, UUID incarnation, String guest, Instant until, OneTimeSecret secret) {
        this(id, host, incarnation, guest, until, secret, null, false);
    }

    /** Of the database that used it; null while none has. */
    public UUID guestIncarnation() {
        return taken == null ? null : taken.incarnation();
    }

    /** As the list of a ring shows it. */
    public String state(Instant now) {
        return taken != null ? "used" : now.isBefore(until) ? "open until " + until : "ended " + until;
    }

    Invited takenBy(Guest one) {
        return new Invited(id, host, incarnation, guest, until, secret, one, false);
    }

    Invited whenDone() {
        return new Invited(id, host, incarnation, guest, until, secret, taken, true);
    }

    String write() {
        return HEAD + "\nid: " + id + "\nhost: " + host + "\nincarnation: " + incarnation + "\nguest: " + guest + "\nuntil: " + until + "\nsecret: " + secret.text()
                + (taken == null ? "" : "\nkey: " + Base64.getEncoder().encodeToString(taken.key().getBytes(StandardCharsets.UTF_8)) + "\ntaken: " + taken.incarnation()) + (done ? "\ndone: yes\n" : "\n");
    }

    static Invited read(String text) throws GeneralSecurityException {
        TextFields fields = TextFields.read(text, HEAD, FIELDS, List.of(), MOST_LINES);
        Guest taken = fields.has("taken") ? new Guest(decoded(fields.get("key")), fields.incarnation("taken")) : null;
        return new Invited(fields.get("id"), fields.publisher("host"), fields.incarnation("incarnation"), fields.publisher("guest"), fields.instant("until"), OneTimeSecret.of(fields.get("secret")), taken, fields.has("done"));
    }

    private static String decoded(String base64) throws GeneralSecurityException {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException noBase64) {
            throw new GeneralSecurityException("its line \"key\" is not base64");
        }
    }
}
