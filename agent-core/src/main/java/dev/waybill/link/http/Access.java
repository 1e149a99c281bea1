// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Who may knock: files {@code NAME.….access} beside the keys, each with a digest of a token. Looked at again and again, so that tokens come and go without a stop. Any thread.
 *
 * <pre>
 *   waybill access 1
 *   name: branch
 *   sha256: …           of the token, which has 256 random bits: there is nothing to be guessed
 * </pre>
 */
public final class Access {

    private static final String HEAD = "waybill access 1";
    private static final String ENDING = ".access";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final int TOKEN_BYTES = 32;
    private static final int LONGEST_TOKEN = 200;
    private static final int LONGEST_FILE = 1_000;
    private static final int MOST_FILES = 100_000;

    private final Path directory;
    private final InstantSource clock;
    private Map<String, String> names = Map.of();
    private Instant last = Instant.MIN;

    /** Those in this directory. */
    public Access(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** Makes another token for this name and returns it; it is kept nowhere. */
    public String grant(String name, SecureRandom random) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IOException("\"" + name + "\" is no name of a remote user. Nothing was done.");
        }
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String digest = digest(token);
        Files.createDirectories(directory);
        Path file = directory.resolve(name + "." + digest.substring(0, 12) + ENDING);
        Path passing = directory.resolve("." + file.getFileName() + ".tmp");
        Files.write(passing, (HEAD + "\nname: " + name + "\nsha256: " + digest + "\n").getBytes(StandardCharsets.UTF_8));
        Files.move(passing, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return token;
    }

    /** Takes all tokens of this name back; returns whether there were any. */
    public boolean revoke(String name) throws IOException {
        boolean any = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ENDING)) {
            for (Path file : files) {
                any |= name.equals(read(file).get("name")) && Files.deleteIfExists(file);
            }
        }
        return any;
    }

    /** Whose token it is; null when it is nobody's. */
    synchronized String nameOf(String token) throws IOException {
        Instant now = clock.instant();
        if (now.isBefore(last) || !now.isBefore(last.plus(BETWEEN_LOOKS))) {
            names = read();
            last = now;
        }
        return token == null || token.length() > LONGEST_TOKEN ? null : names.get(digest(token));
    }

    private Map<String, String> read() throws IOException {
        Map<String, String> found = new HashMap<>();
        if (!Files.isDirectory(directory)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ENDING)) {
            for (Path file : files) {
                Map<String, String> fields = read(file);
                if (fields.containsKey("name") && fields.containsKey("sha256") && found.size() < MOST_FILES) {
                    found.put(fields.get("sha256"), fields.get("name"));
                }
            }
        }
        return found;
    }

    /** What is no access grants none. */
    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> fields = new HashMap<>();
        List<String> lines;
        try {
            lines = Files.size(file) > LONGEST_FILE ? List.of() : Files.readAllLines(file);
        } catch (NoSuchFileException taken) {
            return fields;
        }
        if (!lines.isEmpty() && lines.get(0).equals(HEAD)) {
            lines.stream().skip(1).map(line -> line.split(": ", 2)).filter(field -> field.length == 2).forEach(field -> fields.put(field[0], field[1].strip()));
        }
        return fields;
    }

    /** By what is looked for, so the time that it takes tells nothing of the tokens. */
    private static String digest(String token) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
