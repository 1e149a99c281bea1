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
import java.util.Map;

/** SMTP, IMAP and POP3 servers in this process, with a mailbox for each name; and the links to them. */
final class MailServers implements AutoCloseable {

    GreenMail servers;
    private final Path password;
    private int[] ports;

    MailServers(Path temp) throws IOException {
        servers = new GreenMail(new ServerSetup[] {setup(ServerSetup.PROTOCOL_SMTP), setup(ServerSetup.PROTOCOL_IMAP), setup(ServerSetup.PROTOCOL_POP3)});
        servers.start();
        password = Files.createFile(temp.resolve("password"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(password, "only-for-tests\n");
    }

    /** Nobody answers any more. */
    void stop() {
        ports = new int[] {servers.getSmtp().getPort(), servers.getImap().getPort(), servers.getPop3().getPort()};
        servers.stop();
    }

    /** New servers, without any mail, on the ports of the old ones. */
    void startAgain() {
        servers = new GreenMail(new ServerSetup[] {setup(ServerSetup.PROTOCOL_SMTP, ports[0]), setup(ServerSetup.PROTOCOL_IMAP, ports[1]), setup(ServerSetup.PROTOCOL_POP3, ports[2])});
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
        servers.setUser(address(name), name, "only-for-tests");
        return this;
    }

    Map<String, String> options(String user) {
        Map<String, String> options = new HashMap<>(Map.of("security", "none", "smtp_host", "127.0.0.1", "smtp_port", Integer.toString(servers.getSmtp().getPort()), "imap_host", "127.0.0.1", "imap_port",
                Integer.toString(servers.getImap().getPort())));
        options.putAll(Map.of("imap_userid", user, "imap_password", "file:" + password));
        return options;
    }

    /** Mail is fetched by POP3. */
    Map<String, String> popOptions(String user) {
        Map<String, String> options = options(user);
        options.keySet().removeIf(name -> name.startsWith("imap_"));
        options.putAll(Map.of("pop3_host", "127.0.0.1", "pop3_port", Integer.toString(servers.getPop3().getPort()), "pop3_userid", user, "pop3_password", "file:" + password));
        return options;
    }

    Path password() {
        return password;
    }

    /** With names for addresses, as the suite of all links has them. */
    Link link(String name, int maxMessageBytes) throws IOException {
        return new ByName(open(name, address(name), maxMessageBytes));
    }

    /** The same by POP3. */
    Link popLink(String name, int maxMessageBytes) throws IOException {
        return new ByName(open(popOptions(name), address(name), maxMessageBytes));
    }

    static Link open(Map<String, String> options, String ownAddress, int maxMessageBytes) throws IOException {
        return new MailLinks(FileLinkTest::daemon).open(new MessageType("SMTP", ownAddress, options), maxMessageBytes);
    }

    Link open(String user, String ownAddress, int maxMessageBytes) throws IOException {
        return open(options(user), ownAddress, maxMessageBytes);
    }

    @Override
    public void close() {
        servers.stop();
    }

    private static final class ByName extends ForwardingLink {

        private ByName(Link inside) {
            super(inside);
        }

        @Override
        public void send(String name, byte[] message) throws LinkException {
            inside.send(address(name), message);
        }
    }
}
