// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.waybill.link.mail.MailLinks;
import dev.waybill.publication.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SMTP and IMAP servers in this process, with a mailbox for each name; and the links to them. */
final class MailServers implements AutoCloseable {

    GreenMail servers;
    private final Path password;
    private int[] ports;

    MailServers(Path temp) throws IOException {
        servers = new GreenMail(new ServerSetup[] {setup(ServerSetup.PROTOCOL_SMTP), setup(ServerSetup.PROTOCOL_IMAP)});
        servers.start();
        password = Files.createFile(temp.resolve("password"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(password, "only for tests\n");
    }

    /** Nobody answers any more. */
    void stop() {
        ports = new int[] {servers.getSmtp().getPort(), servers.getImap().getPort()};
        servers.stop();
    }

    /** New servers, without any mail, on the ports of the old ones. */
    void startAgain() {
        servers = new GreenMail(new ServerSetup[] {setup(ServerSetup.PROTOCOL_SMTP, ports[0]), setup(ServerSetup.PROTOCOL_IMAP, ports[1])});
        servers.start();
    }

    private static ServerSetup setup(String protocol) {
        return setup(protocol, 0);
    }

    private static ServerSetup setup(String protocol, int port) {
        ServerSetup setup = new ServerSetup(port, "127.0.0.1", protocol);
        setup.setServerStartupTimeout(120_000);
        return setup;
    }

    static String address(String name) {
        return name + "@example.org";
    }

    MailServers user(String name) {
        servers.setUser(address(name), name, "only for tests");
        return this;
    }

    Map<String, String> options(String user) {
        Map<String, String> options = new HashMap<>(Map.of("security", "none", "smtp_host", "127.0.0.1", "smtp_port", Integer.toString(servers.getSmtp().getPort()), "imap_host", "127.0.0.1", "imap_port",
                Integer.toString(servers.getImap().getPort())));
        options.putAll(Map.of("imap_userid", user, "imap_password", "file:" + password));
        return options;
    }

    /** With names for addresses, as the suite of all links has them. */
    Link link(String name, int maxMessageBytes) throws IOException {
        return new ByName(open(name, address(name), maxMessageBytes));
    }

    Link open(String user, String ownAddress, int maxMessageBytes) throws IOException {
        return new MailLinks(FileLinkTest::daemon).open(new MessageType("SMTP", ownAddress, options(user)), maxMessageBytes);
    }

    @Override
    public void close() {
        servers.stop();
    }

    private record ByName(Link inside) implements Link {
        @Override
        public int maxMessageBytes() {
            return inside.maxMessageBytes();
        }

        @Override
        public void send(String name, byte[] message) throws LinkException {
            inside.send(address(name), message);
        }

        @Override
        public List<Arrival> list(int atMost) throws LinkException {
            return inside.list(atMost);
        }

        @Override
        public byte[] read(Arrival arrival) throws LinkException {
            return inside.read(arrival);
        }

        @Override
        public void delete(Arrival arrival) throws LinkException {
            inside.delete(arrival);
        }

        @Override
        public void quarantine(Arrival arrival, String reason) throws LinkException {
            inside.quarantine(arrival, reason);
        }

        @Override
        public void onArrival(Runnable wake) {
            inside.onArrival(wake);
        }

        @Override
        public void close() {
            inside.close();
        }
    }
}
