// SPDX-License-Identifier: Apache-2.0
package dev.waybill.secret;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.fuzzing.Bounds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** References to secrets as somebody wrote them, and files of secrets: read or refused, and no error repeats what may be the secret. */
class SecretFuzzTest {

    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.createTempFile("secret", "");
    }

    @AfterEach
    void removeFile() throws IOException {
        Files.delete(file);
    }

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyReferenceAndAnyFileIsReadOrRefused(byte[] bytes) throws Exception {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Files.write(file, bytes);
        Bounds.within(4L << 20, () -> {
            if (!SecretReference.isReference(text)) {
                try {
                    SecretReference.of(text);
                    Bounds.demand(false, "taken for a reference and for none");
                } catch (IllegalArgumentException refused) {
                    Bounds.demand(text.length() < 12 || !refused.getMessage().contains(text), "the error repeats what may be the secret");
                }
            } else if (!text.startsWith("file:")) {
                read(text);
            }
            String secret = read("file:" + file);
            Bounds.demand(secret == null || !secret.isBlank() && secret.indexOf('\n') < 0, "a secret of several lines, or of none");
        });
    }

    private static String read(String reference) {
        try {
            return SecretReference.of(reference).read();
        } catch (IOException refused) {
            Bounds.demand(refused.getMessage() != null, "refused without a reason");
            return null;
        }
    }
}
