// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * HPKE as RFC 9180 has it, base mode, one text for each key: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-GCM. Immutable; any thread.
 *
 * <pre>
 *   sealed:  X25519 public key of this text alone, 32  ·  AES-GCM ciphertext  ·  its tag, 16
 * </pre>
 */
final class Hpke {

    /** So much longer than the text. */
    static final int OVERHEAD_BYTES = 48;
    /** What messages are sealed with. */
    static final Hpke AES_256 = new Hpke(2, 32);

    private static final String X25519 = "X25519";
    private static final int POINT_BYTES = 32;
    private static final int HASH_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] KEM = {'K', 'E', 'M', 0, 0x20};

    private final byte[] suite;
    private final int keyBytes;

    /** @param aead number of the cipher in the RFC: 1 for AES-128-GCM, 2 for AES-256-GCM */
    Hpke(int aead, int keyBytes) {
        this.suite = new byte[] {'H', 'P', 'K', 'E', 0, 0x20, 0, 1, 0, (byte) aead};
        this.keyBytes = keyBytes;
    }

    /** Sealed for the holder of this key. */
    byte[] seal(PublicKey recipient, byte[] info, byte[] bound, byte[] text) throws GeneralSecurityException {
        return seal(KeyPairGenerator.getInstance(X25519).generateKeyPair(), recipient, info, bound, text);
    }

    /** With this pair as the text's own, which must never serve twice. */
    byte[] seal(KeyPair own, PublicKey recipient, byte[] info, byte[] bound, byte[] text) throws GeneralSecurityException {
        byte[] point = point(own.getPublic());
        byte[] shared = shared(own.getPrivate(), recipient, concat(point, point(recipient)));
        return concat(point, cipher(Cipher.ENCRYPT_MODE, shared, info, bound, text, 0));
    }

    /** @throws GeneralSecurityException it was sealed for somebody else, or altered */
    byte[] open(KeyPair recipient, byte[] info, byte[] bound, byte[] sealed) throws GeneralSecurityException {
        if (sealed.length < OVERHEAD_BYTES) {
            throw new GeneralSecurityException("a sealed text has at least " + OVERHEAD_BYTES + " bytes, this one " + sealed.length);
        }
        byte[] point = Arrays.copyOf(sealed, POINT_BYTES);
        byte[] shared = shared(recipient.getPrivate(), publicKey(point), concat(point, point(recipient.getPublic())));
        return cipher(Cipher.DECRYPT_MODE, shared, info, bound, sealed, POINT_BYTES);
    }

    private byte[] cipher(int mode, byte[] shared, byte[] info, byte[] bound, byte[] text, int from) throws GeneralSecurityException {
        byte[] context = concat(new byte[] {0}, extract(suite, NOTHING, "psk_id_hash", NOTHING), extract(suite, NOTHING, "info_hash", info));
        byte[] secret = extract(suite, shared, "secret", NOTHING);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] nonce = expand(suite, secret, "base_nonce", context, NONCE_BYTES);
        cipher.init(mode, new SecretKeySpec(expand(suite, secret, "key", context, keyBytes), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(bound);
        return cipher.doFinal(text, from, text.length - from);
    }

    private static byte[] shared(PrivateKey mine, PublicKey theirs, byte[] context) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance(X25519);
        agreement.init(mine);
        agreement.doPhase(theirs, true); // refuses points of small order
        return expand(KEM, extract(KEM, NOTHING, "eae_prk", agreement.generateSecret()), "shared_secret", context, HASH_BYTES);
    }

    private static byte[] extract(byte[] suite, byte[] salt, String label, byte[] material) throws GeneralSecurityException {
        return mac(salt.length == 0 ? new byte[HASH_BYTES] : salt, concat(text("HPKE-v1"), suite, text(label), material));
    }

    /** Of at most one block of the hash, which is all that is needed here. */
    private static byte[] expand(byte[] suite, byte[] key, String label, byte[] info, int bytes) throws GeneralSecurityException {
        return Arrays.copyOf(mac(key, concat(new byte[] {0, (byte) bytes}, text("HPKE-v1"), suite, text(label), info, new byte[] {1})), bytes);
    }

    private static byte[] mac(byte[] key, byte[] text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }

    /** A point as RFC 7748 writes it: its coordinate, least byte first. */
    static byte[] point(PublicKey key) {
        byte[] coordinate = ((XECPublicKey) key).getU().toByteArray();
        byte[] point = new byte[POINT_BYTES];
        for (int i = 0; i < coordinate.length && i < POINT_BYTES; i++) {
            point[i] = coordinate[coordinate.length - 1 - i];
        }
        return point;
    }

    static PublicKey publicKey(byte[] point) throws GeneralSecurityException {
        byte[] coordinate = new byte[POINT_BYTES];
        for (int i = 0; i < POINT_BYTES; i++) {
            coordinate[i] = point[POINT_BYTES - 1 - i];
        }
        coordinate[0] &= 0x7f;
        return KeyFactory.getInstance(X25519).generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, coordinate)));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }
}
