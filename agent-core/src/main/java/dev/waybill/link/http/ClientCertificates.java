// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Who calls, by the certificate of his end: a PEM file holds authorities, or certificates of remotes themselves, and the common name of a certificate that one of them vouches for is the name of the remote. What authorities have taken back (CRLs in the same file) is worth nothing. The file is looked at again
 * and again, so that certificates come and go without a stop; what is asked is asked at the handshake and again with every request, since connections last, and are resumed. Any thread.
 */
public final class ClientCertificates extends X509ExtendedTrustManager {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final String ANY_KEY = "UNKNOWN";

    private final Path file;
    private final InstantSource clock;
    private Instant last = Instant.MIN;
    private FileTime read;
    private X509TrustManager trust;
    private RevokedCertificates revoked;

    /**
     * Those that this file vouches for.
     *
     * @throws IOException there is no certificate in it
     */
    public ClientCertificates(Path file, InstantSource clock) throws IOException {
        this.file = file;
        this.clock = clock;
        try {
            trust();
        } catch (CertificateException unreadable) {
            throw new IOException(unreadable.getMessage(), unreadable);
        }
    }

    /** Whose certificate it is; null when there is none, or nobody vouches for it now. */
    String nameOf(X509Certificate[] chain) {
        if (chain == null || chain.length == 0) {
            return null;
        }
        try {
            checkClientTrusted(chain, ANY_KEY);
            return commonName(chain[0]);
        } catch (CertificateException refused) {
            return null;
        }
    }

    /** Exactly one common name, of letters that names of remotes have. */
    private static String commonName(X509Certificate certificate) throws CertificateException {
        try {
            List<String> names = new LdapName(certificate.getSubjectX500Principal().getName()).getRdns().stream().filter(part -> part.getType().equalsIgnoreCase("CN")).map(Rdn::getValue).map(String::valueOf).toList();
            if (names.size() == 1 && NAME.matcher(names.get(0)).matches()) {
                return names.get(0);
            }
        } catch (InvalidNameException unreadable) {
            throw new CertificateException("the subject of a certificate cannot be read", unreadable);
        }
        throw new CertificateException("a certificate names no remote");
    }

    /** Its time is looked at by the clock of the office. */
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        chain[0].checkValidity(Date.from(clock.instant()));
        trust().checkClientTrusted(chain, type);
        if (revoked().has(chain)) {
            throw new CertificateException("a certificate was taken back by its authority");
        }
        commonName(chain[0]);
    }

    private synchronized RevokedCertificates revoked() {
        return revoked;
    }

    private synchronized X509TrustManager trust() throws CertificateException {
        Instant now = clock.instant();
        if (trust != null && !now.isBefore(last) && now.isBefore(last.plus(BETWEEN_LOOKS))) {
            return trust;
        }
        try {
            FileTime changed = Files.getLastModifiedTime(file);
            if (!changed.equals(read)) {
                X509TrustManager fresh = Tls.trust(file);
                revoked = RevokedCertificates.in(file, fresh.getAcceptedIssuers());
                trust = fresh;
                read = changed;
            }
            last = now;
            return trust;
        } catch (IOException | GeneralSecurityException unreadable) {
            throw new CertificateException("the certificates of those who may call cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("these certificates vouch for those who call, not for servers");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        checkServerTrusted(chain, type);
    }

    /** For the client, to choose what it shows. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        try {
            return trust().getAcceptedIssuers();
        } catch (CertificateException unreadable) {
            return new X509Certificate[0];
        }
    }
}
