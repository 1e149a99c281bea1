// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Certificates that their authorities have taken back: lists (X.509 CRLs) that stand in the same PEM file as the authorities. A list whose time is over still counts, since what was taken back does not come back. Immutable; any thread.
 */
final class RevokedCertificates {

    private static final Pattern LIST = Pattern.compile("-----BEGIN X509 CRL-----[^-]*-----END X509 CRL-----");
    private static final long LONGEST_FILE = 64L << 20;

    private final List<X509CRL> lists;

    private RevokedCertificates(List<X509CRL> lists) {
        this.lists = lists;
    }

    /**
     * The lists in this file.
     *
     * @param authorities those in it
     * @throws CertificateException one of them is by none of the authorities: a list that nobody vouches for must not be taken for one that says that all is well
     */
    static RevokedCertificates in(Path file, X509Certificate[] authorities) throws IOException, GeneralSecurityException {
        List<X509CRL> lists = new ArrayList<>();
        Matcher found = LIST.matcher(text(file));
        while (found.find()) {
            X509CRL list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(found.group().getBytes(StandardCharsets.ISO_8859_1)));
            if (Stream.of(authorities).noneMatch(authority -> isBy(list, authority))) {
                throw new CertificateException("a list of revoked certificates in " + file + " is signed by none of its certificates");
            }
            lists.add(list);
        }
        return new RevokedCertificates(lists);
    }

    /** The same file without them, as certificates are read. */
    static byte[] without(Path file) throws IOException {
        return LIST.matcher(text(file)).replaceAll("").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > LONGEST_FILE) {
            throw new IOException(file + " has more than " + LONGEST_FILE + " bytes");
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static boolean isBy(X509CRL list, X509Certificate authority) {
        try {
            list.verify(authority.getPublicKey());
            return list.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
        } catch (GeneralSecurityException notItsSignature) {
            return false;
        }
    }

    /** Whether one of these was taken back by who made it: of a chain that is believed, who vouches for the first is among those that are shown. */
    boolean has(X509Certificate[] chain) {
        return Stream.of(chain).anyMatch(one -> lists.stream().anyMatch(list -> list.getIssuerX500Principal().equals(one.getIssuerX500Principal()) && list.isRevoked(one)));
    }
}
