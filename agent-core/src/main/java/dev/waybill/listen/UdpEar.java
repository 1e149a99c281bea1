// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import dev.waybill.notice.NoticeCodec;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/** Hears datagrams, in a thread of its own, at most so many a second. Any thread. */
public final class UdpEar implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(UdpEar.class.getName());
    /** What comes faster waits in the system's buffer, and is forgotten there. */
    private static final long BETWEEN_NANOS = 5_000_000;

    private final DatagramSocket socket;

    private UdpEar(DatagramSocket socket) {
        this.socket = socket;
    }

    /** @throws IOException the port is taken */
    public static UdpEar open(InetSocketAddress at, Listener listener, ThreadFactory threads) throws IOException {
        UdpEar ear = new UdpEar(new DatagramSocket(at));
        threads.newThread(() -> ear.run(listener)).start();
        return ear;
    }

    /** Where it hears. */
    public int port() {
        return socket.getLocalPort();
    }

    private void run(Listener listener) {
        byte[] room = new byte[NoticeCodec.LONGEST + 1];
        while (!socket.isClosed()) {
            long began = System.nanoTime();
            try {
                DatagramPacket packet = new DatagramPacket(room, room.length);
                socket.receive(packet);
                byte[] confirmation = listener.hear(Arrays.copyOf(packet.getData(), packet.getLength()), "UDP", false);
                if (confirmation != null) {
                    socket.send(new DatagramPacket(confirmation, confirmation.length, packet.getSocketAddress()));
                }
            } catch (IOException failed) {
                LOG.log(System.Logger.Level.DEBUG, "datagrams are not heard, or not now", failed);
            }
            LockSupport.parkNanos(began + BETWEEN_NANOS - System.nanoTime());
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
