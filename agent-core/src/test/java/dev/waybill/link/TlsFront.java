// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Stands before a mail server of this machine that has no TLS and speaks TLS in its place: at once, or after STARTTLS. What it is told without TLS it writes down, and lets nothing of it through. */
final class TlsFront implements AutoCloseable {

    private final ServerSocket listener;
    private final int target;
    private final SSLContext tls;
    private final Speech speech;
    private final boolean offers;
    private final List<String> saidReadably = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** What is said before there is TLS. */
    enum Speech { AT_ONCE, SMTP, IMAP, POP3 }

    /** @param offers whether it says that it knows STARTTLS; one that does not stands for somebody in between who has cut that out */
    TlsFront(int target, SSLContext tls, Speech speech, boolean offers) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.target = target;
        this.tls = tls;
        this.speech = speech;
        this.offers = offers;
        FileLinkTest.daemon(this::accept).start();
    }

    int port() {
        return listener.getLocalPort();
    }

    List<String> saidReadably() {
        return saidReadably;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                FileLinkTest.daemon(() -> serve(client)).start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client; Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(server);
            if (speech != Speech.AT_ONCE) {
                if (!untilStarted(client.getInputStream(), client.getOutputStream())) {
                    return;
                }
                line(server.getInputStream()); // its greeting was given already
            }
            SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(client, null, client.getPort(), true);
            secure.setUseClientMode(false);
            secure.startHandshake();
            FileLinkTest.daemon(() -> copy(server, secure)).start();
            secure.getInputStream().transferTo(server.getOutputStream());
        } catch (IOException ended) {
            saidReadably.add("");
        }
    }

    private static void copy(Socket from, Socket to) {
        try (to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException ended) {
            try {
                from.close();
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
    }

    private boolean untilStarted(InputStream in, OutputStream out) throws IOException {
        say(out, switch (speech) {
            case SMTP -> "220 front ESMTP";
            case IMAP -> "* OK front";
            default -> "+OK front";
        });
        for (String line = line(in); line != null; line = line(in)) {
            saidReadably.add(line);
            String tag = line.split(" ")[0];
            if (line.endsWith("STARTTLS") || line.equals("STLS")) {
                say(out, speech == Speech.SMTP ? "220 go" : speech == Speech.IMAP ? tag + " OK go" : "+OK go");
                return true;
            } else if (line.startsWith("EHLO")) {
                say(out, offers ? "250-front\r\n250 STARTTLS" : "250 front");
            } else if (line.endsWith("CAPABILITY")) {
                say(out, "* CAPABILITY IMAP4rev1" + (offers ? " STARTTLS" : "") + "\r\n" + tag + " OK");
            } else if (line.equals("CAPA")) {
                say(out, "+OK\r\n" + (offers ? "STLS\r\n" : "") + "UIDL\r\n.");
            } else {
                say(out, speech == Speech.SMTP ? "250 ok" : speech == Speech.IMAP ? tag + " OK" : "+OK");
            }
        }
        return false;
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Byte by byte, since what follows may be TLS. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return line.toString().strip();
            }
            line.append((char) next);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
