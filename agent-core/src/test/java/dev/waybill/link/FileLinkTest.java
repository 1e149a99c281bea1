// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.link.Link.LinkException;
import dev.waybill.publication.MessageType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileLinkTest {

    @TempDir
    Path temp;
    private Path root;
    private Link hq;
    private Link branch;

    @BeforeEach
    void open() throws Exception {
        root = Files.createDirectory(temp.resolve("messages"));
        hq = link("hq");
        branch = link("branch");
    }

    private Link link(String address) {
        return new FileLink(root, address, 10_000, InstantSource.system(), new Random(7), FileLinkTest::daemon);
    }

    static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "link-test");
        thread.setDaemon(true);
        return thread;
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "a/../../outside", "/etc", "..", ".", "", " ", "branch/quarantine", ".hidden", "c:\\temp", "a\\..\\b"})
    void anAddressThatIsNoSubdirectoryIsRefused(String address) {
        assertThatThrownBy(() -> hq.send(address, new byte[1])).isInstanceOf(LinkException.class).hasMessageContaining("LINK_ADDRESS").hasMessageContaining(address);
        assertThat(temp.resolve("outside")).doesNotExist();
    }

    @Test
    void aSymbolicLinkIsNoMailbox() throws Exception {
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Files.createSymbolicLink(root.resolve("branch"), outside);
        assertThatThrownBy(() -> hq.send("branch", new byte[1])).isInstanceOf(LinkException.class).hasMessageContaining("symbolic link");
        assertThatThrownBy(() -> hq.send("branch/deeper", new byte[1])).isInstanceOf(LinkException.class).hasMessageContaining("symbolic link");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void aSymbolicLinkInTheMailboxIsNotFollowed() throws Exception {
        Path secret = Files.writeString(temp.resolve("secret"), "secret");
        branch.list(1);
        Files.createSymbolicLink(root.resolve("branch").resolve("0.msg"), secret);
        assertThat(branch.list(10)).isEmpty();
        assertThatThrownBy(() -> branch.read(new Link.Arrival("0.msg", 1, null))).isInstanceOf(LinkException.class);
    }

    @Test
    void aFileInTheFoldersPlaceIsOneClearErrorAndItWorksAgainWhenItIsGone() throws Exception {
        Path blocker = Files.writeString(root.resolve("branch"), "in the way");
        assertThatThrownBy(() -> hq.send("branch", new byte[1])).isInstanceOf(LinkException.class).hasMessageContaining("LINK_FOLDER").hasMessageContaining(blocker.toString());
        assertThatThrownBy(() -> branch.list(1)).isInstanceOf(LinkException.class).hasMessageContaining("LINK_FOLDER");
        Files.delete(blocker);
        hq.send("branch", new byte[1]);
        assertThat(branch.list(10)).hasSize(1);
    }

    @Test
    void aFileInTheRootsPlaceIsOneClearErrorAndItWorksAgainWhenItIsGone() throws Exception {
        Files.delete(root);
        Files.writeString(root, "in the way");
        assertThatThrownBy(() -> hq.send("branch", new byte[1])).isInstanceOf(LinkException.class).hasMessageContaining(root.toString());
        Files.delete(root);
        hq.send("branch", new byte[1]);
        assertThat(branch.list(10)).hasSize(1);
    }

    @Test
    void nothingHalfWrittenIsListedAndWhatDeadWritersLeftIsDeleted() throws Exception {
        branch.list(1);
        Path young = Files.writeString(root.resolve("branch").resolve(".1-a.tmp"), "being written");
        Path old = Files.writeString(root.resolve("branch").resolve(".0-b.tmp"), "abandoned");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(FileLink.WRITERS_DIE_AFTER).minus(Duration.ofMinutes(1))));
        Link restarted = link("branch");
        assertThat(restarted.list(10)).isEmpty();
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void foreignFilesAreListedSoThatTheyShow() throws Exception {
        branch.list(1);
        Files.writeString(root.resolve("branch").resolve("garbage.txt"), "garbage");
        assertThat(branch.list(10)).singleElement().extracting(Link.Arrival::name).isEqualTo("garbage.txt");
    }

    @Test
    void aLinkLeavesNoTemporaryFile() throws Exception {
        hq.send("branch", new byte[100]);
        try (var files = Files.list(root.resolve("branch"))) {
            assertThat(files.map(file -> file.getFileName().toString())).singleElement().asString().endsWith(".msg");
        }
    }

    @Test
    void quarantineIsBounded() throws Exception {
        FileQuarantine small = new FileQuarantine(3);
        Path mailbox = Files.createDirectory(root.resolve("branch"));
        for (int i = 0; i < 6; i++) {
            Path file = Files.writeString(mailbox.resolve(i + ".msg"), "x");
            Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000 + i)));
            small.take(mailbox, i + ".msg", "reason " + i);
        }
        try (var files = Files.list(mailbox.resolve("quarantine"))) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly("3.msg", "3.msg.reason", "4.msg", "4.msg.reason", "5.msg", "5.msg.reason");
        }
    }

    @Test
    void withoutAnOwnAddressNothingIsReceived() throws Exception {
        assertThat(link(null).list(10)).isEmpty();
    }

    @Test
    void anUnknownWayAndAMissingDirectoryAreClearErrors() {
        LinkFactory links = LinkFactory.standard(InstantSource.system(), new Random(1), FileLinkTest::daemon);
        assertThatThrownBy(() -> links.open(new MessageType("PIGEON", "loft", Map.of()), 10_000)).isInstanceOf(LinkException.class).hasMessageContaining("PIGEON");
        assertThatThrownBy(() -> links.open(new MessageType("FILE", "hq", Map.of()), 10_000)).isInstanceOf(LinkException.class).hasMessageContaining("SET REMOTE FILE OPTION directory");
    }

    @Test
    void aFullFolderIsOneClearErrorAndItWorksAgainWhenThereIsSpace() throws Exception {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", root.toString()), "may not mount a small file system");
        try {
            Path filler = root.resolve("filler");
            Files.write(filler, new byte[52_000]);
            hq.send("branch", new byte[5_000]);
            assertThatThrownBy(() -> hq.send("branch", new byte[9_999])).isInstanceOf(LinkException.class).hasMessageContaining("LINK_SEND").hasMessageContaining(root.toString());
            assertThat(branch.list(10)).hasSize(1);
            try (var files = Files.list(root.resolve("branch"))) {
                assertThat(files).as("nothing half-written stays").hasSize(1);
            }
            Files.delete(filler);
            hq.send("branch", new byte[9_999]);
            hq.flush();
            assertThat(branch.list(10)).hasSize(2);
        } finally {
            run("umount", root.toString());
        }
    }

    @Test
    void whatCannotBecomeVisibleIsSaidByTheFlushAndTheOthersAre() throws Exception {
        InstantSource stopped = InstantSource.fixed(Instant.ofEpochMilli(1_000));
        Link writer = new FileLink(root, "hq", 10_000, stopped, new Random(7), FileLinkTest::daemon);
        branch.list(1);
        Path inTheWay = root.resolve("branch").resolve(String.format("%016x-%016x.msg", (1_000L << 10) + 1, new Random(7).nextLong()));
        Files.createDirectories(inTheWay.resolve("occupied"));
        for (byte i = 0; i < 3; i++) {
            writer.sendSoon("branch", new byte[] {i});
        }
        assertThatThrownBy(writer::flush).isInstanceOf(LinkException.class).hasMessageContaining("LINK_SEND");
        assertThat(branch.list(10)).extracting(arrival -> branch.read(arrival)[0]).containsExactly((byte) 0, (byte) 2);
        writer.flush();
        try (var files = Files.list(root.resolve("branch"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
        }
        writer.close();
    }

    /** The folder was there when it was opened; what fails then says the same as if it had not been. */
    @Test
    void folderWhosePlaceIsTakenMeanwhileIsSaidAsOneWhosePlaceWasTakenBefore() throws Exception {
        Path mailbox = root.resolve("branch");
        Link writer = new FileLink(root, "hq", 10_000, InstantSource.system(), new Random(7), task -> daemon(() -> {
            takeThePlaceOf(mailbox);
            task.run();
        }));
        writer.sendSoon("branch", new byte[] {1});
        assertThatThrownBy(writer::flush).isInstanceOf(LinkException.class).hasMessageContaining("LINK_FOLDER").hasMessageContaining(mailbox.toString())
                .hasMessageContaining("no folder stands in its place").hasMessageContaining("all messages are kept");
        writer.close();
    }

    private static void takeThePlaceOf(Path mailbox) {
        try {
            Files.deleteIfExists(mailbox);
            Files.writeString(mailbox, "in the way");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static boolean run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    }
}
