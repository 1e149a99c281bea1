// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A snapshot and a transaction far larger than the memory of the process pass through it. H2 2.4.240 keeps the pages of what is
 * committed until its own thread has stored them, without bound; where a flush takes long, 64 MB of heap were full of those.
 */
class LargeTransactionTest {

    @TempDir
    Path folder;

    /** Fast tests have it from end to end: {@code MillionStoryTest}. */
    @Test
    @Tag("extended")
    void aTransactionLargerThanTheMemoryIsApplied() throws IOException, InterruptedException {
        run("-Xmx96m", 80_000, 2_000);
    }

    @Test
    @Tag("extended")
    void aMillionRowsAreAppliedInOneTransaction() throws IOException, InterruptedException {
        run("-Xmx128m", 1_000_000, 200);
    }

    private void run(String memory, int rows, int width) throws IOException, InterruptedException {
        File output = folder.resolve("output").toFile();
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), memory, "-cp", System.getProperty("java.class.path"), LargeTransaction.class.getName(),
                folder.toString(), Integer.toString(rows), Integer.toString(width)).redirectErrorStream(true).redirectOutput(output).start();
        try {
            assertThat(process.waitFor(15, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(output).content().contains("equal: " + rows + " rows").doesNotContain("OutOfMemory");
        assertThat(process.exitValue()).isZero();
    }
}
