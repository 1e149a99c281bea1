// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.notice.Notice;
import dev.waybill.notice.NoticeCodec;
import dev.waybill.notice.NoticeGate;
import dev.waybill.notice.SharedSecret;
import dev.waybill.seal.KeyBook;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notifiers beside an application on every product, all settings and requests through our driver: what its SQL writes is captured, a request is sent and dropped, an error is shown and passes. */
@Tag("extended")
class NotifierOnAllTest {

    private static final String SECRET = "a secret of twenty letters";

    @TempDir
    private Path directory;

    @Test
    void notifierWorksOnH2() throws Exception {
        work("jdbc:waybill:h2:file:" + directory.resolve("desk"));
    }

    @Test
    void notifierWorksOnPostgres() throws Exception {
        work("jdbc:waybill:" + PostgresServer.running().freshDatabase().url().substring("jdbc:".length()));
    }

    @Test
    void notifierWorksOnMariaDb() throws Exception {
        work("jdbc:waybill:" + MariaDbServer.running().freshDatabase().url().substring("jdbc:".length()));
    }

    @Test
    void notifierWorksOnSqlite() throws Exception {
        work("jdbc:waybill:sqlite:" + directory.resolve("desk.db") + "?busy_timeout=60000");
    }

    @Test
    void notifierWorksOnHsqldb() throws Exception {
        work("jdbc:waybill:hsqldb:file:" + directory.resolve("desk") + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true");
    }

    private void work(String url) throws SQLException, IOException {
        Path file = Files.createFile(directory.resolve("secret"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, SECRET);
        try (JobDesk desk = new JobDesk(url); DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(120_000);
            desk.say("CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "GRANT REMOTE TO berlin TYPE FILE ADDRESS 'berlin' SEND EVERY '01:00:00'");
            set(desk, "Gateway", "Default-UDP", "secret", "file:" + file);
            set(desk, "Notifier", "usual", "poll_every", "1s");
            desk.say("INSERT INTO waybill.push_request (gateway, subject, content, address, resend_interval, time_to_live) VALUES ('Default-UDP', 'price', 'now', '127.0.0.1:" + socket.getLocalPort() + "', '1H', '2H')");
            Notice notice = received(socket);
            assertThat(notice.text()).isEqualTo("[price]now");
            awaitText(desk, "SELECT state FROM waybill.push_request_state", "OPEN");
            desk.say("DELETE FROM waybill.push_request");
            awaitText(desk, "SELECT COUNT(*) FROM waybill.push_request_state", "0");
            ownSql(desk);
            desk.say("DELETE FROM waybill.notify_setting WHERE component = 'Notifier'");
            awaitText(desk, "SELECT COUNT(*) FROM waybill.notifier", "0");
        }
    }

    private static void ownSql(JobDesk desk) throws SQLException {
        set(desk, "Notifier", "own", "poll_every", "1s");
        set(desk, "Notifier", "own", "begin_poll", "INSERT INTO news SELECT COUNT(*) + 1, 'by the notifier' FROM news HAVING COUNT(*) < 2");
        set(desk, "Notifier", "own", "request_cursor", "SELECT id, 'Default-UDP', 's', 'c', who FROM wanted");
        awaitText(desk, "SELECT trouble_event FROM waybill.notifier WHERE name = 'own'", "request_cursor");
        desk.say("CREATE TABLE wanted (id INT PRIMARY KEY, who VARCHAR(40))");
        awaitText(desk, "SELECT COUNT(*) FROM waybill.notifier WHERE name = 'own' AND trouble_event IS NULL AND polls > 1", "1");
        awaitText(desk, "SELECT COUNT(*) FROM news", "2");
        awaitText(desk, "SELECT SUM(transactions) FROM waybill.journal", "2");
    }

    private static void set(JobDesk desk, String component, String name, String property, String setting) throws SQLException {
        desk.say("INSERT INTO waybill.notify_setting (component, name, property, setting) VALUES ('" + component + "', '" + name + "', '" + property + "', '" + setting.replace("'", "''") + "')");
    }

    private static void awaitText(JobDesk desk, String query, String wanted) {
        await().atMost(Duration.ofSeconds(120)).until(() -> desk.texts(query).equals(java.util.List.of(wanted)));
    }

    private static Notice received(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[NoticeCodec.LONGEST], NoticeCodec.LONGEST);
        socket.receive(packet);
        NoticeGate gate = new NoticeGate(Set.of(), () -> KeyBook.EMPTY, new SharedSecret(SECRET), InstantSource.system());
        return gate.admit(Arrays.copyOf(packet.getData(), packet.getLength()), false);
    }
}
