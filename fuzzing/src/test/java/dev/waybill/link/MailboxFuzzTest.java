// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.fuzzing.Bounds;
import dev.waybill.link.Link.Arrival;
import dev.waybill.link.Link.LinkException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Addresses from a catalogue and names of files in a mailbox are of others: nothing outside the shared folder is touched. The first line is an address, the second the name of a file. */
class MailboxFuzzTest {

    private Path outside;
    private Path root;

    @BeforeEach
    void makeFolder() throws IOException {
        outside = Files.createTempDirectory("mailbox");
        root = Files.createDirectory(outside.resolve("root"));
        Files.createSymbolicLink(root.resolve("away"), outside);
    }

    @AfterEach
    void removeFolder() throws IOException {
        try (Stream<Path> all = Files.walk(outside)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyAddressAndAnyNameStayInTheFolder(byte[] bytes) throws Exception {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 2);
        try (FileLink link = new FileLink(root, "own", 1_000, InstantSource.system(), new Random(1), Thread::new)) {
            try {
                Path mailbox = new MailboxAddress(root).open(lines[0]);
                Bounds.demand(mailbox.toRealPath().startsWith(root.toRealPath()) && !mailbox.equals(root), "a mailbox outside: " + mailbox);
            } catch (LinkException refused) {
                Bounds.demand(refused.getMessage() != null, "refused without a reason");
            }
            put(lines.length > 1 ? lines[1] : "");
            for (Arrival arrival : link.list(10)) {
                Bounds.demand(link.read(arrival) != null, "listed and not there: " + arrival);
                link.quarantine(arrival, lines[0]);
            }
            Bounds.demand(link.list(10).isEmpty(), "put aside and still there");
        }
        try (Stream<Path> beside = Files.list(outside)) {
            Bounds.demand(beside.count() == 1, "something was written outside");
        }
    }

    private void put(String name) throws IOException {
        Path mailbox = Files.createDirectories(root.resolve("own"));
        try {
            Path file = mailbox.resolve(name);
            if (name.indexOf('/') < 0 && !name.isEmpty() && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.write(file, new byte[] {1});
            }
        } catch (InvalidPathException | java.nio.file.FileSystemException notAName) {
            Bounds.demand(true, "the file system knows no such name");
        }
    }
}
