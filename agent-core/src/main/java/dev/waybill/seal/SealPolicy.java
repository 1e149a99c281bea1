// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import dev.waybill.publication.MessageType;
import java.util.Locale;

/**
 * What one way to send demands of messages, from its options {@code signature} and {@code encryption}. Immutable; any thread.
 *
 * @param encrypted whether bodies must be encrypted, in both directions; otherwise those that are can be read, too
 */
public record SealPolicy(Signatures signatures, boolean encrypted) {

    /** Of messages of those who are not known here. */
    public static final SealPolicy STRICT = new SealPolicy(Signatures.REQUIRED, false);

    /** What is done about signatures. */
    public enum Signatures {
        /** Every message is signed, and must be. */
        REQUIRED,
        /** Signed where there is a key, checked where the signer's is known. */
        OPTIONAL,
        /** Neither made nor looked at. */
        OFF
    }

    /** Of this way: what nobody said, is required of it unless it is a directory, which has rights of its own. Texts that are none of the choices were refused when they were said; here they mean the strictest. */
    public static SealPolicy of(MessageType type) {
        String usual = type.name().equals("FILE") ? "optional" : "required";
        Signatures signatures = switch (type.options().getOrDefault("signature", usual).toLowerCase(Locale.ROOT)) {
            case "optional" -> Signatures.OPTIONAL;
            case "off" -> Signatures.OFF;
            default -> Signatures.REQUIRED;
        };
        return new SealPolicy(signatures, !type.options().getOrDefault("encryption", "off").equalsIgnoreCase("off"));
    }

    /** Whether nothing is believed that is not signed. */
    public boolean isStrict() {
        return signatures == Signatures.REQUIRED;
    }

    /** What both demand. */
    public SealPolicy and(SealPolicy other) {
        return new SealPolicy(signatures.compareTo(other.signatures) < 0 ? signatures : other.signatures, encrypted || other.encrypted);
    }
}
