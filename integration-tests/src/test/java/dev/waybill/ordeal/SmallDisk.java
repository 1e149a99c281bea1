// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file system of its own, in memory, that can be filled and made read-only: never the machine's. Needs the right to mount. */
final class SmallDisk implements AutoCloseable {

    private final Path at;

    private SmallDisk(Path at) {
        this.at = at;
    }

    /** Null where this process may not mount. */
    static SmallDisk mount(Path at, int megabytes) throws IOException {
        Files.createDirectories(at);
        return run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", at.toString()) ? new SmallDisk(at) : null;
    }

    /** Not a byte more fits. */
    void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(at.resolve("ballast"))) {
            byte[] block = new byte[4_096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw full;
            }
        }
    }

    void empty() throws IOException {
        Files.delete(at.resolve("ballast"));
    }

    void readOnly(boolean only) throws IOException {
        if (!run("mount", "-o", only ? "remount,ro" : "remount,rw", at.toString())) {
            throw new IOException("cannot be mounted again: " + at);
        }
    }

    private static boolean run(String... command) throws IOException {
        try {
            return new ProcessBuilder(List.of(command)).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (InterruptedException nobodyInterrupts) {
            throw new IOException(nobodyInterrupts);
        }
    }

    @Override
    public void close() throws IOException {
        run("umount", "-l", at.toString());
    }
}
