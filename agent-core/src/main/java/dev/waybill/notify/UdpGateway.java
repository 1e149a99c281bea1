// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.message.Seal;
import dev.waybill.notice.Notice;
import dev.waybill.notice.NoticeCodec;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Notices as datagrams to {@code host[:port]}; confirmations come back to the socket that they were sent from. Any thread. */
final class UdpGateway implements Gateway {

    private static final System.Logger LOG = System.getLogger(UdpGateway.class.getName());
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.%]{2,60}]|[A-Za-z0-9][A-Za-z0-9_.-]{0,120})(?::(\\d{1,5}))?");

    private final DatagramSocket socket;
    private final int usualPort;
    private final Supplier<Seal> seal;

    /**
     * @param ownPort       from which is sent; 0: any
     * @param usualPort     where listeners hear unless their address says so
     * @param seal          signs every notice
     * @param confirmations is handed what comes back, which nobody has looked at, by a thread of its own
     */
    UdpGateway(int ownPort, int usualPort, Supplier<Seal> seal, Consumer<byte[]> confirmations, ThreadFactory threads) throws IOException {
        this.socket = new DatagramSocket(ownPort);
        this.usualPort = usualPort;
        this.seal = seal;
        threads.newThread(() -> hear(confirmations)).start();
    }

    @Override
    public void send(Notice notice, String address) throws IOException {
        Matcher parts = ADDRESS.matcher(address);
        int port = parts.matches() && parts.group(2) != null ? Integer.parseInt(parts.group(2)) : usualPort;
        if (!parts.matches() || port < 1 || port > 65_535) {
            throw new IOException("\"" + address + "\" is no host, or host:port");
        }
        Seal signing = seal.get();
        if (signing.scheme() == Seal.UNSIGNED) {
            throw new IOException("there is neither a key of the ring nor a secret to sign datagrams with");
        }
        byte[] bytes = NoticeCodec.encode(notice, signing);
        socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName(parts.group(1)), port));
    }

    private void hear(Consumer<byte[]> confirmations) {
        byte[] room = new byte[NoticeCodec.CONFIRMATION_BYTES + 1];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(room, room.length);
            try {
                socket.receive(packet);
                confirmations.accept(Arrays.copyOf(packet.getData(), packet.getLength()));
            } catch (IOException failed) {
                LOG.log(System.Logger.Level.DEBUG, "confirmations by UDP are not heard, or not now", failed);
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
