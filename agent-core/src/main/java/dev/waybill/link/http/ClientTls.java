// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * TLS as a remote has it: whom it believes, and by what certificate it says who it is itself. Immutable; any thread.
 *
 * @param trusted  PEM file of certificates that may be the office's, or vouch for it; null: the platform's authorities
 * @param keyStore PKCS 12 file with the remote's own key and certificate; null: it shows none
 * @param password of the key store
 */
record ClientTls(Path trusted, Path keyStore, SecretReference password) {

    SSLContext context() throws IOException, GeneralSecurityException {
        return trusted == null && keyStore == null ? SSLContext.getDefault() : Tls.calling(trusted, keyStore, keyStore == null ? null : password.read().toCharArray());
    }

    /** Another one when a file has changed: certificates are renewed without a stop. */
    String state() throws IOException {
        StringBuilder state = new StringBuilder();
        for (Path file : Stream.of(trusted, keyStore).filter(each -> each != null).toList()) {
            state.append(Files.getLastModifiedTime(file)).append(' ').append(Files.size(file)).append(' ');
        }
        return state.toString();
    }
}
