// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.link.Link.LinkException;
import dev.waybill.link.kafka.KafkaLinks;
import dev.waybill.publication.MessageType;
import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

/** What of Kafka needs no broker: what is refused before one is asked, a missing client, a cluster that is away. */
class KafkaOptionsTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    private static Map<String, String> options(String... changed) {
        Map<String, String> options = new HashMap<>(Map.of("servers", "kafka.example:9092"));
        for (int i = 0; i < changed.length; i += 2) {
            options.put(changed[i], changed[i + 1]);
        }
        return options;
    }

    private static Link open(String address, Map<String, String> options) throws LinkException {
        return new KafkaLinks(CLOCK, FileLinkTest::daemon, Duration.ofMillis(500)).open(new MessageType("KAFKA", address, options), 20_000);
    }

    private static void assertRefused(String option, String... changed) {
        assertThatThrownBy(() -> open("branch", options(changed))).isInstanceOf(LinkException.class).hasMessageContaining("LINK_OPTION").hasMessageContaining("\"" + option + "\"").hasMessageNotContaining("secret");
    }

    @Test
    void whatWouldSendAPasswordReadablyOrIsIncompleteIsRefused() throws Exception {
        assertRefused("security", "security", "none", "userid", "branch", "password", "env:secret");
        assertRefused("password", "userid", "branch");
        assertRefused("userid", "password", "env:secret");
        assertRefused("servers", "servers", "");
        assertRefused("servers", "servers", "kafka.example");
        assertRefused("servers", "servers", "kafka.example:9092\nsasl.jaas.config=secret");
        assertRefused("topic_prefix", "topic_prefix", "a/b");
        open("branch", options("security", "none")).close();
        open("branch", options("security", "none", "servers", "localhost:9092, [::1]:9093", "userid", "branch", "password", "env:secret")).close();
    }

    @Test
    void anAddressThatIsNoNameIsRefused() throws Exception {
        for (String address : List.of("", "..", "a.quarantine", "a/b", "a b", "é", "a\nb", "x".repeat(129))) {
            assertThatThrownBy(() -> open(address, options())).isInstanceOf(LinkException.class).hasMessageContaining("\"address\"").hasMessageNotContaining("\n");
            try (Link branch = open("branch", options())) {
                assertThatThrownBy(() -> branch.send(address, new byte[1])).isInstanceOf(LinkException.class).hasMessageContaining("\"address\"");
                branch.expect(Set.of(address));
            }
        }
        assertThatThrownBy(() -> open(null, options())).hasMessageContaining("own address");
    }

    @Test
    void aClusterThatIsAwayIsSaidWithItsAddress() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        try (Link branch = open("branch", options("servers", "127.0.0.1:" + nobody, "security", "none"))) {
            branch.expect(Set.of("hq"));
            assertThatThrownBy(() -> branch.list(10)).isInstanceOf(LinkException.class).hasMessageContaining("LINK_BROKER").hasMessageContaining("127.0.0.1:" + nobody);
            assertThatThrownBy(() -> branch.send("hq", new byte[1])).isInstanceOf(LinkException.class).hasMessageContaining("LINK_BROKER");
            branch.resume(Map.of("waybill-hq/0", "id@7", "waybill-hq/1", "nonsense", "nonsense", "id@7"));
            assertThat(branch.reached()).containsExactly(Map.entry("waybill-hq/0", "id@7"));
        }
    }

    @Test
    void aMissingLibraryIsNamed() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.matches(".*kafka-clients.*")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader without = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Object links = without.loadClass(KafkaLinks.class.getName()).getConstructor(InstantSource.class, ThreadFactory.class).newInstance(CLOCK, (ThreadFactory) FileLinkTest::daemon);
            for (Map<String, String> options : List.of(options(), options("userid", "branch", "password", "env:secret"))) {
                Object type = without.loadClass(MessageType.class.getName()).getConstructor(String.class, String.class, Map.class).newInstance("KAFKA", "branch", options);
                assertThatThrownBy(() -> Arrays.stream(links.getClass().getMethods()).filter(method -> method.getName().equals("open")).findFirst().orElseThrow().invoke(links, type, 20_000)).cause()
                        .hasMessageContaining("LINK_MODULE").hasMessageContaining("org.apache.kafka:kafka-clients:4.3.1");
            }
        }
    }
}
