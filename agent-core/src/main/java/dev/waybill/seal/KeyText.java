// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Keys as text files, which people mail to each other and compare. Stateless; any thread.
 *
 * <pre>
 *   waybill key 1
 *   publisher: hq
 *   id: 3f0c9a…             of the two public halves; checked
 *   made: 2026-11-22T15:00:00Z
 *   until: …                only where it ends
 *   by: …                   the key that announced it, only on the ring of a neighbour
 *   verify: base64          Ed25519, X.509        encrypt: base64     X25519, X.509
 *   sign: base64            Ed25519, PKCS 8       decrypt: base64     X25519, PKCS 8        in secret files only
 * </pre>
 */
final class KeyText {

    private static final String HEAD = "waybill key 1";
    private static final List<String> FIELDS = List.of("publisher", "id", "made", "until", "by", "verify", "encrypt", "sign", "decrypt");
    private static final Pattern PUBLISHER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final int MOST_LINES = 20;

    private KeyText() {}

    static String write(TrustedKey key) {
        return HEAD + "\npublisher: " + key.publisher() + "\nid: " + key.id() + "\nmade: " + key.made() + (key.until() == null ? "" : "\nuntil: " + key.until()) + (key.by() == null ? "" : "\nby: " + key.by())
                + "\nverify: " + base64(key.verifying()) + "\nencrypt: " + base64(key.encrypting()) + "\n";
    }

    static String write(OwnKey key) {
        return write(key.shown()) + "sign: " + base64(key.signing()) + "\ndecrypt: " + base64(key.decrypting()) + "\n";
    }

    /** @throws GeneralSecurityException it is no key, or its id is not of these halves; the text never shows what is secret */
    static TrustedKey readTrusted(String text) throws GeneralSecurityException {
        TextFields fields = fields(text);
        if (fields.has("sign") || fields.has("decrypt")) {
            throw new GeneralSecurityException("it holds secret halves, which must not leave their owner; he is to make a new key and send what keys export prints");
        }
        return trusted(fields);
    }

    /** As {@link #readTrusted}, with the secret halves. */
    static OwnKey readOwn(String text) throws GeneralSecurityException {
        TextFields fields = fields(text);
        OwnKey key = new OwnKey(trusted(fields), (PrivateKey) key("Ed25519", fields, "sign"), (PrivateKey) key("X25519", fields, "decrypt"));
        if (!key.isWhole()) {
            throw new GeneralSecurityException("its secret halves are not those of its public ones: it was altered");
        }
        return key;
    }

    static boolean isPublisher(String name) {
        return PUBLISHER.matcher(name).matches();
    }

    private static TrustedKey trusted(TextFields fields) throws GeneralSecurityException {
        TrustedKey key = TrustedKey.of(fields.publisher("publisher"), fields.instant("made"), fields.has("until") ? fields.instant("until") : null,
                (PublicKey) key("Ed25519", fields, "verify"), (PublicKey) key("X25519", fields, "encrypt"));
        if (!key.id().equals(fields.get("id"))) {
            throw new GeneralSecurityException("its id is not of these halves: it was altered");
        }
        return key.by(fields.find("by"));
    }

    private static TextFields fields(String text) throws GeneralSecurityException {
        return TextFields.read(text, HEAD, FIELDS, List.of(), MOST_LINES);
    }

    private static Key key(String algorithm, TextFields fields, String name) throws GeneralSecurityException {
        try {
            byte[] encoded = Base64.getDecoder().decode(fields.get(name));
            KeyFactory factory = KeyFactory.getInstance(algorithm);
            return name.equals("sign") || name.equals("decrypt") ? factory.generatePrivate(new PKCS8EncodedKeySpec(encoded)) : factory.generatePublic(new X509EncodedKeySpec(encoded));
        } catch (IllegalArgumentException noBase64) {
            throw new GeneralSecurityException("its line \"" + name + "\" is not base64");
        }
    }

    private static String base64(Key key) {
        return Base64.getEncoder().encodeToString(key.getEncoded());
    }
}
