// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;

/**
 * What a remote keeps of its invitation, on its ring, in a file that its owner alone can read, until the head office says that it trusts the remote's key. Immutable; any thread.
 *
 * <pre>
 *   waybill joining 1
 *   id: 24 letters          host: hq          guest: branch          until: 2026-…Z          secret: base64
 * </pre>
 *
 * @param id     of the invitation
 * @param host   publisher of the head office
 * @param guest  publisher here
 * @param until  the head office does not take it any more from then on
 * @param secret by which the first word is known there
 */
public record Joining(String id, String host, String guest, Instant until, OneTimeSecret secret) {

    private static final String HEAD = "waybill joining 1";
    private static final List<String> FIELDS = List.of("id", "host", "guest", "until", "secret");

    String write() {
        return HEAD + "\nid: " + id + "\nhost: " + host + "\nguest: " + guest + "\nuntil: " + until + "\nsecret: " + secret.text() + "\n";
    }

    static Joining read(String text) throws GeneralSecurityException {
        TextFields fields = TextFields.read(text, HEAD, FIELDS, List.of(), FIELDS.size() + 1);
        return new Joining(fields.get("id"), fields.publisher("host"), fields.publisher("guest"), fields.instant("until"), OneTimeSecret.of(fields.get("secret")));
    }
}
