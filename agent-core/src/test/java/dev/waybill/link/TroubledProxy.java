// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a client and a server of this machine and does to connections what bad networks do: cuts them somewhere, closes one half, or lets bytes through one by one. By its seed. */
final class TroubledProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final int target;
    private final Random random;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    TroubledProxy(int target, long seed) throws IOException {
        this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        this.target = target;
        this.random = new Random(seed);
        FileLinkTest.daemon(this::accept).start();
    }

    int port() {
        return listener.getLocalPort();
    }

    private enum Trouble { NONE, CUT, HALF_CLOSED, TRICKLE }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(server);
                Trouble there = trouble();
                Trouble back = trouble();
                int thereBytes = random.nextInt(30_000);
                int backBytes = random.nextInt(30_000);
                FileLinkTest.daemon(() -> copy(client, server, there, thereBytes)).start();
                FileLinkTest.daemon(() -> copy(server, client, back, backBytes)).start();
            }
        } catch (IOException ended) {
            closeAll();
        }
    }

    private Trouble trouble() {
        int drawn = random.nextInt(10);
        return drawn < 2 ? Trouble.CUT : drawn < 3 ? Trouble.HALF_CLOSED : drawn < 4 ? Trouble.TRICKLE : Trouble.NONE;
    }

    private static void copy(Socket from, Socket to, Trouble trouble, int bytes) {
        int left = bytes;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[trouble == Trouble.TRICKLE ? 700 : 8_192];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (trouble == Trouble.CUT || trouble == Trouble.HALF_CLOSED) {
                    count = Math.min(count, left);
                    left -= count;
                }
                out.write(buffer, 0, count);
                out.flush();
                if (trouble == Trouble.CUT && left == 0) {
                    from.close();
                    to.close();
                    return;
                }
                if (trouble == Trouble.HALF_CLOSED && left == 0) {
                    to.shutdownOutput();
                    return;
                }
            }
            to.shutdownOutput();
        } catch (IOException closed) {
            close(from);
            close(to);
        }
    }

    private void closeAll() {
        open.forEach(TroubledProxy::close);
        open.clear();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        closeAll();
    }
}
