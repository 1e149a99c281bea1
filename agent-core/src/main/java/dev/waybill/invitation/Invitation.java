// SPDX-License-Identifier: Apache-2.0
package dev.waybill.invitation;

import dev.waybill.error.WaybillError;
import dev.waybill.seal.OneTimeSecret;
import dev.waybill.seal.TextFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a person carries from a head office to a new remote: all that it needs to know, and a secret by which its first word is believed. Immutable; any thread; its {@link #toString} has no secrets.
 *
 * <pre>
 *   waybill invitation 1
 *   id: 24 letters       host: hq       incarnation: of hq       guest: branch       until: 2026-…Z
 *   type: FILE           host-address: hq         guest-address: branch              send: BATCH | EVERY 00:00:05 | AT 23:00
 *   option: name=value   (any number)             key: base64 (any number: the public halves of the head office's keys)
 *   secret: base64       token: text (HTTP alone)
 * </pre>
 *
 * @param id           by which both ends know it
 * @param host         publisher of the head office
 * @param incarnation  of the head office
 * @param guest        publisher that the remote is to have; nobody else can use it
 * @param until        the head office does not take it any more from then on
 * @param type         the way between the two
 * @param hostAddress  of the head office by it
 * @param guestAddress of the remote by it
 * @param send         when the remote is to send
 * @param options      of the way, for the remote
 * @param keys         of the head office, oldest first, as {@link dev.waybill.seal.KeyRing#export} writes them
 * @param secret       proves who uses it
 * @param token        with which the remote may call the head office; null where none is needed
 */
public record Invitation(String id, String host, UUID incarnation, String guest, Instant until, String type, String hostAddress, String guestAddress, Schedule send, Map<String, String> options, List<String> keys, OneTimeSecret secret,
        String token) {

    private static final String HEAD = "waybill invitation 1";
    private static final List<String> FIELDS = List.of("id", "host", "incarnation", "guest", "until", "type", "host-address", "guest-address", "send", "secret", "token");
    private static final List<String> REPEATED = List.of("option", "key");
    private static final int MOST_LINES = 100;
    private static final int LONGEST_FILE = 100_000;
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rw-------");

    public Invitation {
        options = Map.copyOf(options);
        keys = List.copyOf(keys);
    }

    /**
     * Writes it to a new file that its owner alone can read, from the first byte on.
     *
     * @throws IOException there is such a file, or it cannot be written
     */
    public void write(Path file) throws IOException {
        boolean posix = Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView(PosixFileAttributeView.class);
        try {
            Files.createFile(file, posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNERS)} : new FileAttribute<?>[0]);
        } catch (FileAlreadyExistsException there) {
            throw new IOException("There is a file " + file + " already. Nothing was done. Name another one, or remove it.", there);
        }
        Files.writeString(file, text(), StandardOpenOption.SYNC);
    }

    /**
     * Reads it.
     *
     * @throws IOException INVITATION_FILE
     */
    public static Invitation read(Path file) throws IOException {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LONGEST_FILE) {
                throw new IOException("it is no file, or one of more than " + LONGEST_FILE + " bytes");
            }
            PosixFileAttributeView rights = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (rights != null && !OWNERS.containsAll(rights.readAttributes().permissions())) {
                throw new IOException("others than its owner may read or write it, and may have. If nobody did: chmod 600");
            }
            return of(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException | GeneralSecurityException refused) {
            throw new IOException(WaybillError.INVITATION_FILE.with(file, refused.getMessage()).getMessage(), refused);
        }
    }

    String text() throws IOException {
        StringBuilder text = new StringBuilder(HEAD + "\n");
        line(text, "id", id);
        line(text, "host", host);
        line(text, "incarnation", incarnation.toString());
        line(text, "guest", guest);
        line(text, "until", until.toString());
        line(text, "type", type);
        line(text, "host-address", hostAddress);
        line(text, "guest-address", guestAddress);
        line(text, "send", send.text());
        for (Map.Entry<String, String> option : new TreeMap<>(options).entrySet()) {
            line(text, "option", option.getKey() + "=" + option.getValue());
        }
        for (String key : keys) {
            line(text, "key", Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8)));
        }
        line(text, "secret", secret.text());
        if (token != null) {
            line(text, "token", token);
        }
        return text.toString();
    }

    /** What would be read as something else than it is cannot be written. */
    private static void line(StringBuilder text, String name, String value) throws IOException {
        if (!value.equals(value.strip()) || value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
            throw new IOException("its " + name + " is empty, or has blanks at an end or letters that cannot be written");
        }
        text.append(name).append(": ").append(value).append('\n');
    }

    static Invitation of(String text) throws GeneralSecurityException {
        TextFields fields = TextFields.read(text, HEAD, FIELDS, REPEATED, MOST_LINES);
        Map<String, String> options = new TreeMap<>();
        for (String option : fields.all("option")) {
            int equals = option.indexOf('=');
            if (equals < 1 || options.put(option.substring(0, equals), option.substring(equals + 1)) != null) {
                throw new GeneralSecurityException("a line \"option\" of it is no name=value, or is there twice");
            }
        }
        try {
            List<String> keys = fields.all("key").stream().map(key -> new String(Base64.getDecoder().decode(key), StandardCharsets.UTF_8)).toList();
            return new Invitation(fields.get("id"), fields.publisher("host"), fields.incarnation("incarnation"), fields.publisher("guest"), fields.instant("until"), fields.get("type"), fields.get("host-address"), fields.get("guest-address"),
                    Schedule.of(fields.get("send")), options, keys, OneTimeSecret.of(fields.get("secret")), fields.find("token"));
        } catch (IllegalArgumentException noBase64) {
            throw new GeneralSecurityException("a line \"key\" of it is not base64", noBase64);
        }
    }

    @Override
    public String toString() {
        return "invitation " + id + " of " + host + " for " + guest + ", good until " + until;
    }
}
