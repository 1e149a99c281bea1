// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import java.io.IOException;
import java.util.Objects;

/**
 * Says who knocks at the head office's port: by his token, by the certificate of his end, or by both. Any thread.
 *
 * @param certificates null: none are asked for
 */
public record Doorkeeper(Access access, ClientCertificates certificates, Proof proof) {

    /** What somebody has to show. */
    public enum Proof {
        /** A token. */
        TOKEN,
        /** A certificate; tokens are nothing. */
        CERTIFICATE,
        /** One of them; who shows both has to be the same by both. */
        EITHER,
        /** Both, and to be the same by both. */
        BOTH
    }

    public Doorkeeper {
        if (certificates == null && proof != Proof.TOKEN) {
            throw new IllegalArgumentException(proof + " without certificates");
        }
    }

    /** By tokens alone. */
    public static Doorkeeper ofTokens(Access access) {
        return new Doorkeeper(access, null, Proof.TOKEN);
    }

    /** His name; null when he is nobody. */
    String nameOf(Exchange exchange) throws IOException {
        String token = exchange.token();
        String byToken = proof == Proof.CERTIFICATE ? null : access.nameOf(token);
        String byCertificate = proof == Proof.TOKEN ? null : certificates.nameOf(exchange.certificates());
        return switch (proof) {
            case TOKEN -> byToken;
            case CERTIFICATE -> byCertificate;
            case EITHER -> token == null ? byCertificate : byCertificate == null || byCertificate.equals(byToken) ? byToken : null;
            case BOTH -> Objects.equals(byToken, byCertificate) ? byToken : null;
        };
    }
}
