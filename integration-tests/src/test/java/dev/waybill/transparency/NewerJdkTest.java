// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A JDK that is newer than this program: every interface of {@code java.sql} has a method with a body that nobody here has heard of, put into the JDK itself ({@code --patch-module}), and our objects hand it to the real driver's, as they hand
 * all others. So what JDBC 4.5 and its successors bring is delegated by construction.
 */
class NewerJdkTest {

    @TempDir
    private Path patch;

    @Test
    void methodsThatJdbcDoesNotHaveYetAreTheDelegatesOwn() throws Exception {
        assertThat(run(Path.of(System.getProperty("java.home")))).startsWith("all delegated");
    }

    /** Those that are installed beside this one. */
    @Test
    @Tag("extended")
    void otherJdksOfThisMachineDelegateTheirOwnToo() throws Exception {
        try (Stream<Path> homes = Files.list(Path.of(System.getProperty("java.home")).toRealPath().resolveSibling("."))) {
            for (Path home : homes.filter(home -> Files.isExecutable(home.resolve("bin/java")) && Files.exists(home.resolve("lib/modules"))).toList()) {
                assertThat(run(home)).as(home.getFileName().toString()).startsWith("all delegated");
            }
        }
    }

    /** The patch is made by that JDK itself, of its own interfaces. */
    private String run(Path home) throws Exception {
        Path classes = Files.createTempDirectory(patch, "java.sql");
        String made = java(home, List.of(), "patch", classes.toString());
        assertThat(made).startsWith("patched");
        return java(home, List.of("--patch-module", "java.sql=" + classes), "use");
    }

    private String java(Path home, List<String> options, String... arguments) throws IOException, InterruptedException {
        Path output = patch.resolve("output.txt");
        Process process = new ProcessBuilder(Stream.of(List.of(home.resolve("bin/java").toString(), "-Xmx128m"), options, List.of("-cp", System.getProperty("java.class.path"), NewerJdk.class.getName()), List.of(arguments))
                .flatMap(List::stream).toList()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }
}
