// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.waybill.change.MalformedException;
import dev.waybill.message.Seal;
import dev.waybill.notice.Notice;
import dev.waybill.notice.NoticeCodec;
import dev.waybill.notice.NoticeGate;
import dev.waybill.notice.SharedSecret;
import dev.waybill.seal.KeyBook;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers as dblsn has them, and a listener under attack. */
class ListenerTest {

    private static final InstantSource CLOCK = InstantSource.system();
    private static final SharedSecret SECRET = new SharedSecret("a secret of twenty letters");
    private static final ThreadFactory THREADS = work -> {
        Thread thread = new Thread(work, "listener");
        thread.setDaemon(true);
        return thread;
    };

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger syncs = new AtomicInteger();
    private final AtomicInteger shutdowns = new AtomicInteger();
    private PacedSync sync = new PacedSync(Duration.ZERO, syncs::incrementAndGet, THREADS);
    private long nonce;

    @AfterEach
    void close() {
        sync.close();
    }

    private Listener listener(String... handlers) {
        return new Listener("branch", new NoticeGate(Set.of("branch"), () -> KeyBook.EMPTY, SECRET, CLOCK), List.of(handlers).stream().map(HandlerText::read).toList(), sync, shutdowns::incrementAndGet, told::add);
    }

    private byte[] notice(String subject, String content) {
        return NoticeCodec.encode(new Notice(true, CLOCK.instant(), ++nonce, 42, "hq", "branch", subject, content), SECRET);
    }

    private static int status(byte[] confirmation) throws MalformedException {
        return NoticeCodec.decodeConfirmation(confirmation).status();
    }

    private void awaitSyncs(int count) {
        await().atMost(Duration.ofSeconds(60)).until(() -> syncs.get() >= count);
    }

    @Test
    void firstHandlerThatMatchesActsAndThoseBehindItOnlyWithContinue() throws MalformedException {
        Listener listener = listener("subject=end;action=shutdown", "message_start=[price];continue=yes;action=sync", "sender=hq;content=new;action=DBLSN FULL SHUTDOWN", "message='[x]y';action=sync");
        assertThat(status(listener.hear(notice("price", "new"), "UDP", false))).isZero();
        awaitSyncs(1);
        assertThat(shutdowns).hasValue(1);
        assertThat(status(listener.hear(notice("end", "new"), "UDP", false))).isZero();
        assertThat(shutdowns).hasValue(2);
        assertThat(status(listener.hear(notice("x", "y"), "UDP", false))).isZero();
        awaitSyncs(2);
        assertThat(status(listener.hear(notice("nobody", "asked"), "UDP", false))).isEqualTo(-2);
        assertThat(told).last().asString().contains("no handler").contains("[nobody]asked");
    }

    @Test
    void programGetsWhatTheNoticeSaysAsOneArgumentAndNoShellReadsIt(@TempDir Path directory) throws Exception {
        Path out = directory.resolve("out");
        Listener listener = listener("subject=s;action=run /bin/sh -c 'printf \"%s|\" \"$$@\" > " + out + "' name $content x$subject $$5 \"two words\" $request_id $sender $remote_id $type");
        assertThat(status(listener.hear(notice("s", "a b; touch " + directory.resolve("bad") + " `id` $subject \"q\""), "UDP", false))).isZero();
        assertThat(Files.readString(out)).isEqualTo("a b; touch " + directory.resolve("bad") + " `id` $subject \"q\"|xs|$5|two words|42|hq|branch|UDP|");
        assertThat(directory.resolve("bad")).doesNotExist();
        Files.delete(out);
        assertThat(status(listener.hear(notice("s", "--option"), "UDP", false))).isEqualTo(-3);
        assertThat(out).doesNotExist();
    }

    @Test
    void alternativeIsDoneWhenTheActionFails() throws MalformedException {
        assertThat(status(listener("action=run /bin/false;altaction=sync").hear(notice("s", ""), "UDP", false))).isZero();
        awaitSyncs(1);
        assertThat(status(listener("action=run /no/such/program;altaction=run /bin/false").hear(notice("s", ""), "UDP", false))).isEqualTo(-3);
        assertThat(status(listener("action=start /bin/true").hear(notice("s", ""), "UDP", false))).isZero();
        assertThat(listener("action=sync;confirm_delivery=no").hear(notice("s", ""), "UDP", false)).isNull();
    }

    @Test
    void socketSaysAndExpects() throws Exception {
        try (java.net.ServerSocket server = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AtomicInteger heard = new AtomicInteger();
            THREADS.newThread(() -> {
                for (int i = 0; i < 2; i++) {
                    try (java.net.Socket socket = server.accept()) {
                        heard.addAndGet(new String(socket.getInputStream().readNBytes(5), StandardCharsets.UTF_8).equals("hello") ? 1 : 0);
                        socket.getOutputStream().write("beeperAck".getBytes(StandardCharsets.UTF_8));
                    } catch (IOException gone) {
                        heard.set(-100);
                    }
                }
            }).start();
            String handler = "action='socket port=" + server.getLocalPort() + ";host=127.0.0.1;sendText=$content;recvText=%s;timeout=60'";
            assertThat(status(listener(handler.formatted("beeperAck")).hear(notice("s", "hello"), "UDP", false))).isZero();
            assertThat(status(listener(handler.formatted("otherthin")).hear(notice("s", "hello"), "UDP", false))).isEqualTo(-3);
            assertThat(heard).hasValue(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "subject=x", "action=", "action=fly", "action=sync now", "action=run", "action=run $content", "action=run a $nothing", "action=run a 'b", "action=post x to ftp://h/", "action=post x to http://$content/", "action=socket host=a",
        "action=sync;continue=perhaps", "nonsense=1;action=sync", "action=sync;action=sync", "subject;action=sync", "action=run a $ml_password", "action=DBLSN"})
    void handlerThatCannotBeUnderstoodIsRefusedWhenItIsSaid(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HandlerText.read(text));
    }

    /** An attacker who can send datagrams, and has recorded true notices: forged ones, repeated ones, altered ones, rubbish. */
    @Test
    void floodOfForgedNoticesRefreshesNothingAndOfTrueOnesOnceInAnInterval() throws Exception {
        sync.close();
        sync = new PacedSync(Duration.ofHours(1), syncs::incrementAndGet, THREADS);
        Listener listener = listener("action=sync");
        try (UdpEar ear = UdpEar.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), listener, THREADS); DatagramSocket attacker = new DatagramSocket()) {
            attacker.setSoTimeout(60_000);
            InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), ear.port());
            Random random = new Random(1);
            for (int i = 0; i < 100; i++) {
                byte[] rubbish = new byte[random.nextInt(2_500)];
                random.nextBytes(rubbish);
                attacker.send(new DatagramPacket(rubbish, rubbish.length, target));
                byte[] forged = NoticeCodec.encode(new Notice(true, CLOCK.instant(), random.nextLong(), i, "hq", "branch", "s", "c"), i % 2 == 0 ? Seal.NONE : new SharedSecret("a secret that was guessed " + i));
                attacker.send(new DatagramPacket(forged, forged.length, target));
            }
            long before = listener.refused();
            byte[] recorded = notice("s", "");
            byte[] back = confirmationOf(attacker, recorded, target);
            assertThat(status(back)).isZero();
            assertThat(listener.refused()).as("what the system's buffer let through").isGreaterThanOrEqualTo(before);
            awaitSyncs(1);
            for (int i = 0; i < 50; i++) {
                attacker.send(new DatagramPacket(recorded, recorded.length, target));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(status(confirmationOf(attacker, notice("s", Integer.toString(i)), target))).isZero(); // even true ones
            }
            assertThat(syncs).hasValue(1);
        }
    }

    /** Sends until it is answered: what the system's buffer has no room for is lost. A repetition is not answered, so each time it is another notice. */
    private byte[] confirmationOf(DatagramSocket socket, byte[] first, InetSocketAddress target) throws IOException {
        socket.setSoTimeout(2_000);
        byte[] bytes = first;
        for (int tries = 0; tries < 30; tries++) {
            socket.send(new DatagramPacket(bytes, bytes.length, target));
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            try {
                socket.receive(answer);
                return java.util.Arrays.copyOf(answer.getData(), answer.getLength());
            } catch (java.net.SocketTimeoutException lost) {
                bytes = notice("s", "again");
            }
        }
        throw new IOException("never answered");
    }

    @Test
    void refreshThatIsWantedDuringOneFollowsAtItsEnd() {
        sync.close();
        Object gate = new Object();
        AtomicInteger begun = new AtomicInteger();
        boolean[] open = {false};
        sync = new PacedSync(Duration.ZERO, () -> {
            begun.incrementAndGet();
            synchronized (gate) {
                while (!open[0]) {
                    try {
                        gate.wait();
                    } catch (InterruptedException end) {
                        return;
                    }
                }
            }
        }, THREADS);
        sync.ask();
        await().atMost(Duration.ofSeconds(60)).until(() -> begun.get() == 1);
        sync.ask();
        sync.ask();
        synchronized (gate) {
            open[0] = true;
            gate.notifyAll();
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> begun.get() == 2);
        assertThat(begun).hasValue(2);
    }
}
