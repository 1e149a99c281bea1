// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysCommandTest {

    @TempDir
    Path temp;

    @Test
    void keysAreMadeExportedImportedRotatedAndRemoved() throws Exception {
        assertThat(at("hq", "make", "hq").exitCode()).isZero();
        assertThat(at("hq", "make", "hq")).satisfies(again -> assertThat(again.exitCode()).isEqualTo(2)).satisfies(again -> assertThat(again.all()).contains("say rotate"));
        String old = id(at("hq", "list").out());
        Path exported = Files.writeString(temp.resolve("hq.pub"), at("hq", "export", "hq").out());
        assertThat(at("branch", "import", exported.toString()).out()).contains(old);
        assertThat(at("hq", "rotate", "hq").out()).contains("remove " + old);
        Files.writeString(exported, at("hq", "export", "hq").out());
        assertThat(Files.readString(exported)).doesNotContain(old);
        at("branch", "import", exported.toString(), "--old-for", "1h");
        assertThat(at("branch", "list").out()).contains(old).contains("trusted until");
        assertThat(at("hq", "remove", old).exitCode()).as("not without --yes").isEqualTo(2);
        assertThat(at("hq", "remove", old, "--yes").exitCode()).isZero();
        assertThat(at("hq", "list").out()).doesNotContain(old);
    }

    @Test
    void aFileThatIsNoKeyIsRefusedAndNothingIsTrusted() throws Exception {
        Path file = Files.writeString(temp.resolve("x.pub"), "hello");
        Outcome outcome = at("branch", "import", file.toString());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("SEAL_KEY");
        assertThat(temp.resolve("branch")).doesNotExist();
        assertThat(Outcome.of("keys", "make").exitCode()).isEqualTo(2);
    }

    private Outcome at(String ring, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "keys";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--keys";
        all[arguments.length + 2] = temp.resolve(ring).toString();
        return Outcome.of(all);
    }

    private static String id(String list) {
        return list.lines().filter(line -> line.contains("own")).findFirst().orElseThrow().strip().split("\\s+")[2];
    }
}
