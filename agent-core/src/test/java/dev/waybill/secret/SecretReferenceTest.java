// SPDX-License-Identifier: Apache-2.0
package dev.waybill.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretReferenceTest {

    @TempDir
    Path temp;

    @Test
    void aPathMayHaveBlanks() throws Exception {
        Path file = secret(Files.createDirectory(temp.resolve("way bill")).resolve("the token.txt"), "hunter2\nwhat follows is not read");
        assertThat(SecretReference.of("file:" + file).read()).isEqualTo("hunter2");
    }

    @Test
    void whatIsNoReferenceIsNotRepeated() {
        for (String text : List.of("hunter2", "file:", "file: /etc/x", "file:/etc/x ", "file:/etc/x\n", "file:/etc/\tx", "env:A B", "provider:a b", "vault:x", "env:", " env:A")) {
            assertThat(SecretReference.isReference(text)).as(text).isFalse();
            assertThatThrownBy(() -> SecretReference.of(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(SecretReference.EXPECTED);
        }
    }

    @Test
    void aFileThatEverybodyMayReadHoldsNoSecret() throws Exception {
        Path file = secret(temp.resolve("token"), "hunter2");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> SecretReference.of("file:" + file).read()).isInstanceOf(IOException.class).hasMessageContaining("chmod o-r").hasMessageNotContaining("hunter2");
    }

    @Test
    void whatIsNotThereIsSaidWithItsPlace() throws Exception {
        assertThatThrownBy(() -> SecretReference.of("env:WAYBILL_TEST_NOT_SET").read()).isInstanceOf(IOException.class).hasMessageContaining("env:WAYBILL_TEST_NOT_SET");
        assertThatThrownBy(() -> SecretReference.of("provider:nobody/knows").read()).isInstanceOf(IOException.class).hasMessageContaining("provider:nobody/knows");
        Path empty = secret(temp.resolve("empty"), "\n");
        assertThatThrownBy(() -> SecretReference.of("file:" + empty).read()).isInstanceOf(IOException.class).hasMessageContaining("there is no secret");
    }

    private static Path secret(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }
}
