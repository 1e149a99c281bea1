// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** TLS at both ends, by the JDK. Stateless; any thread. */
public final class Tls {

    private static final String PROTOCOL = "TLS";
    private static final String STORE = "PKCS12";

    private Tls() {}

    /**
     * For a server: key and certificates of this PKCS 12 file.
     *
     * @param password wiped out
     * @param clients  whose certificates are believed; null: none are asked for
     */
    public static SSLContext serving(Path keyStore, char[] password, ClientCertificates clients) throws IOException, GeneralSecurityException {
        return context(keys(keyStore, password), clients == null ? null : new TrustManager[] {clients});
    }

    /**
     * For a client; names of servers are checked by whoever connects.
     *
     * @param trusted  PEM file of certificates that are believed, and no others; null: the platform's authorities
     * @param keyStore PKCS 12 file with the own key; null: none is shown
     * @param password of the key store; wiped out
     */
    public static SSLContext calling(Path trusted, Path keyStore, char[] password) throws IOException, GeneralSecurityException {
        return context(keyStore == null ? null : keys(keyStore, password), trusted == null ? null : new TrustManager[] {trust(trusted)});
    }

    private static SSLContext context(KeyManager[] keys, TrustManager[] trust) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance(PROTOCOL);
        context.init(keys, trust, null);
        return context;
    }

    private static KeyManager[] keys(Path keyStore, char[] password) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(keyStore)) {
            KeyStore store = KeyStore.getInstance(STORE);
            store.load(in, password);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            return keys.getKeyManagers();
        } finally {
            Arrays.fill(password, ' ');
        }
    }

    /** Believes the certificates of this PEM file, what they vouch for, and nothing else, until each ends. */
    static X509TrustManager trust(Path certificates) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(STORE);
        store.load(null, null);
        try (InputStream in = new ByteArrayInputStream(RevokedCertificates.without(certificates))) {
            int number = 0;
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("trusted" + number++, certificate);
            }
            if (number == 0) {
                throw new IOException("there is no certificate in " + certificates);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return new InTime(Stream.of(trust.getTrustManagers()).filter(X509ExtendedTrustManager.class::isInstance).map(X509ExtendedTrustManager.class::cast).findFirst().orElseThrow());
    }
}
