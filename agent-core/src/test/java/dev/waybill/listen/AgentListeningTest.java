// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.notice.Notice;
import dev.waybill.notice.NoticeCodec;
import dev.waybill.notice.SharedSecret;
import dev.waybill.publication.Catalogue;
import dev.waybill.seal.KeyBook;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The listener beside an agent. */
class AgentListeningTest {

    private static final String SECRET = "a secret of twenty letters";
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Catalogue CATALOGUE = new Catalogue(1, new UUID(1, 1), "branch", List.of(), List.of(), List.of(), List.of());

    private final AtomicInteger wakes = new AtomicInteger();
    private final List<String> troubles = Collections.synchronizedList(new ArrayList<>());
    private final AgentListening listening = new AgentListening(() -> KeyBook.EMPTY, CLOCK, new Random(1), work -> {
        Thread thread = new Thread(work, "listening");
        thread.setDaemon(true);
        return thread;
    }, wakes::incrementAndGet, troubles::add);

    private static int freePort() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void noticeWakesTheAgentAndSettingsAreFollowed(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("secret"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Map<String, String> settings = Map.of("udp_port", Integer.toString(freePort()), "udp_host", "127.0.0.1", "secret", "file:" + Files.writeString(file, SECRET));
        try (DatagramSocket office = new DatagramSocket()) {
            office.setSoTimeout(60_000);
            listening.follow(Map.of(), CATALOGUE);
            assertThat(listening.udpPort()).isZero();
            listening.follow(settings, CATALOGUE);
            listening.follow(settings, CATALOGUE);
            byte[] bytes = NoticeCodec.encode(new Notice(true, CLOCK.instant(), 1, 1, "hq", "branch", "sync", ""), new SharedSecret(SECRET));
            office.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress("127.0.0.1", listening.udpPort())));
            office.receive(new DatagramPacket(new byte[100], 100));
            await().atMost(Duration.ofSeconds(60)).until(() -> wakes.get() == 1);
            listening.follow(Map.of(), CATALOGUE);
            assertThat(listening.udpPort()).isZero();
            assertThat(troubles).isEmpty();
        } finally {
            listening.close();
        }
    }

    @Test
    void whatItMayNotDoBesideAnAgentIsSaidOnceAndNothingIsHeard() {
        Map<String, String> settings = Map.of("udp_port", "9", "handler", "action=run /bin/true");
        listening.follow(settings, CATALOGUE);
        listening.follow(settings, CATALOGUE);
        assertThat(troubles).singleElement().asString().contains("only action is sync").contains("./waybill listen");
        listening.follow(Map.of("colour", "red"), CATALOGUE);
        assertThat(troubles).last().asString().contains("no property colour");
        assertThat(listening.udpPort()).isZero();
    }
}
