// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keys and certificates of this test, in bytes that it writes itself: {@code NAME.p12} with the key, {@code NAME.pem} with the certificate. */
public final class TestCertificates {

    public static final String PASSWORD = "changeit";

    private static final int SEQUENCE = 0x30;
    private static final byte[] COMMON_NAME = {0x06, 3, 0x55, 4, 3};
    private static final byte[] ALTERNATIVE_NAME = {0x06, 3, 0x55, 0x1d, 0x11};
    private static final byte[] CONSTRAINTS = {0x06, 3, 0x55, 0x1d, 0x13};
    private static final byte[] EXTENDED_USE = {0x06, 3, 0x55, 0x1d, 0x25};
    private static final byte[] SERVER_ALONE = {0x06, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1};
    private static final byte[] SHA256_WITH_ECDSA = {0x06, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2};
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path directory;
    private final Map<String, Made> made = new HashMap<>();
    private int serial;

    public TestCertificates(Path directory) {
        this.directory = directory;
    }

    /** What kind of certificate it is to be. */
    public enum Kind { ORDINARY, AUTHORITY, ENDED, SERVER_ONLY }

    private record Made(KeyPair keys, byte[] name, Certificate certificate) {}

    public Path store(String name) {
        return directory.resolve(name + ".p12");
    }

    public Path certificate(String name) {
        return directory.resolve(name + ".pem");
    }

    /** The key that belongs to a certificate, for servers that read it so; readable by its owner alone. */
    public Path key(String name, Path file) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        String encoded = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(made.get(name).keys.getPrivate().getEncoded());
        return Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n" + encoded + "\n-----END PRIVATE KEY-----\n");
    }

    /** A list, as a PEM text, by which an authority takes certificates back that it made. */
    public String revoked(String authority, String... names) throws GeneralSecurityException {
        Instant now = Instant.now();
        byte[][] entries = List.of(names).stream().map(name -> der(SEQUENCE, der(0x02, ((X509Certificate) made.get(name).certificate).getSerialNumber().toByteArray()), time(now))).toArray(byte[][]::new);
        byte[] content = der(SEQUENCE, number(1), der(SEQUENCE, SHA256_WITH_ECDSA), made.get(authority).name, time(now), time(now.plus(1, ChronoUnit.DAYS)), der(SEQUENCE, entries));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(made.get(authority).keys.getPrivate());
        signature.update(content);
        byte[] encoded = der(SEQUENCE, content, der(SEQUENCE, SHA256_WITH_ECDSA), bits(signature.sign()));
        return "-----BEGIN X509 CRL-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END X509 CRL-----\n";
    }

    /** A file with the password of the stores, readable by its owner alone. */
    public Path password() throws IOException {
        Path file = directory.resolve("store.password");
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, PASSWORD + "\n");
        }
        return file;
    }

    /** One that vouches for itself. */
    public TestCertificates self(Kind kind, String name, String... commonNames) throws IOException, GeneralSecurityException {
        return by(null, kind, name, commonNames);
    }

    /** One for which an authority vouches that was made before. */
    public TestCertificates by(String authority, Kind kind, String name, String... commonNames) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        byte[] subject = name(commonNames);
        Made issuer = authority == null ? new Made(keys, subject, null) : made.get(authority);
        byte[] content = content(kind, issuer.name, subject, keys);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(issuer.keys.getPrivate());
        signature.update(content);
        byte[] encoded = der(SEQUENCE, content, der(SEQUENCE, SHA256_WITH_ECDSA), bits(signature.sign()));
        Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        made.put(name, new Made(keys, subject, certificate));
        write(name, keys, authority == null ? new Certificate[] {certificate} : new Certificate[] {certificate, issuer.certificate});
        Files.writeString(certificate(name), "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END CERTIFICATE-----\n");
        return this;
    }

    private void write(String name, KeyPair keys, Certificate[] chain) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(name, keys.getPrivate(), PASSWORD.toCharArray(), chain);
        try (OutputStream out = Files.newOutputStream(store(name))) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    private byte[] content(Kind kind, byte[] issuer, byte[] subject, KeyPair keys) {
        Instant begin = Instant.now().minus(20, ChronoUnit.DAYS);
        Instant end = begin.plus(kind == Kind.ENDED ? 10 : 200, ChronoUnit.DAYS);
        return der(SEQUENCE, der(0xa0, number(2)), number(++serial), der(SEQUENCE, SHA256_WITH_ECDSA), issuer, der(SEQUENCE, time(begin), time(end)), subject, keys.getPublic().getEncoded(), der(0xa3, der(SEQUENCE, extensions(kind))));
    }

    /** All are for a server on this machine, too. */
    private static byte[] extensions(Kind kind) {
        byte[] name = extension(ALTERNATIVE_NAME, der(SEQUENCE, der(0x82, "localhost".getBytes(StandardCharsets.US_ASCII))));
        return switch (kind) {
            case AUTHORITY -> joined(name, extension(CONSTRAINTS, der(SEQUENCE, new byte[] {1, 1, (byte) 0xff})));
            case SERVER_ONLY -> joined(name, extension(EXTENDED_USE, der(SEQUENCE, SERVER_ALONE)));
            default -> name;
        };
    }

    private static byte[] extension(byte[] which, byte[] value) {
        return der(SEQUENCE, which, der(0x04, value));
    }

    private static byte[] name(String... commonNames) {
        return der(SEQUENCE, List.of(commonNames).stream().map(each -> der(0x31, der(SEQUENCE, COMMON_NAME, der(0x0c, each.getBytes(StandardCharsets.UTF_8))))).toArray(byte[][]::new));
    }

    private static byte[] time(Instant instant) {
        return der(0x18, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] number(int value) {
        return der(0x02, BigInteger.valueOf(value).toByteArray());
    }

    private static byte[] bits(byte[] content) {
        return der(0x03, new byte[1], content);
    }

    /** Tag, length, content. */
    private static byte[] der(int tag, byte[]... parts) {
        byte[] content = joined(parts);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int skipped = length[0] == 0 ? 1 : 0;
            out.write(0x80 | length.length - skipped);
            out.write(length, skipped, length.length - skipped);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
