// SPDX-License-Identifier: Apache-2.0
package dev.waybill.secret;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/** Says where a secret is, as the package page shows. Immutable; any thread; its text may be shown. */
public final class SecretReference {

    /** What is expected, for the text of an error. */
    public static final String EXPECTED = "it says where the secret is, as file:/path, env:NAME or provider:NAME, and never the secret itself";

    /** A path may have blanks inside. */
    private static final Pattern FORM = Pattern.compile("file:\\S([^\\p{Cntrl}]*\\S)?|(env|provider):\\S+");
    private static final int LONGEST = 10_000;

    private final String text;

    private SecretReference(String text) {
        this.text = text;
    }

    /** Whether this text is a reference. */
    public static boolean isReference(String text) {
        return FORM.matcher(text).matches();
    }

    /** @throws IllegalArgumentException it is none; the text is not repeated, since it may be the secret */
    public static SecretReference of(String text) {
        if (!isReference(text)) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return new SecretReference(text);
    }

    /**
     * The secret as it is now.
     *
     * @throws IOException it is not there, or not to be read; the text names the reference
     */
    public String read() throws IOException {
        String name = text.substring(text.indexOf(':') + 1);
        String secret = text.startsWith("file:") ? ofFile(name) : text.startsWith("env:") ? System.getenv(name) : ofProvider(name);
        if (secret == null || secret.isBlank()) {
            throw new IOException("there is no secret at " + text);
        }
        return secret.strip();
    }

    private String ofFile(String name) throws IOException {
        try {
            Path file = Path.of(name);
            PosixFileAttributeView rights = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (rights != null && rights.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)) {
                throw new IOException("the file of " + text + " can be read by everybody; say chmod o-r");
            }
            if (Files.size(file) > LONGEST) {
                throw new IOException("the file of " + text + " is longer than a secret");
            }
            try (InputStream in = Files.newInputStream(file)) { // a device has no size, and no end
                return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8).lines().findFirst().orElse(null);
            }
        } catch (InvalidPathException unreadable) {
            throw new IOException("the path of " + text + " cannot be read", unreadable);
        }
    }

    private String ofProvider(String name) throws IOException {
        for (SecretProvider provider : ServiceLoader.load(SecretProvider.class, SecretReference.class.getClassLoader())) {
            try {
                String secret = provider.secret(name);
                if (secret != null) {
                    return secret;
                }
            } catch (Exception failed) {
                throw new IOException("the provider of " + text + " cannot say it now", failed);
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return text;
    }
}
