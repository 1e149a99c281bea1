// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** A line on which every byte is so long on its way, however many follow it. Any thread. */
final class DelayingProxy implements AutoCloseable {

    private static final int CHUNK = 16 << 10;

    private final ServerSocket front = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    private final int target;
    private final long delayNanos;

    DelayingProxy(int target, int delayMillis) throws IOException {
        this.target = target;
        this.delayNanos = delayMillis * 1_000_000L;
        Way.daemon(this::accept).start();
    }

    int port() {
        return front.getLocalPort();
    }

    private void accept() {
        while (!front.isClosed()) {
            try {
                Socket client = front.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                carry(client, server);
                carry(server, client);
            } catch (IOException closed) {
                return;
            }
        }
    }

    private record Piece(byte[] bytes, int length, long dueNanos) {}

    private void carry(Socket from, Socket to) {
        BlockingQueue<Piece> line = new LinkedBlockingQueue<>(1_000);
        Way.daemon(() -> take(from, line)).start();
        Way.daemon(() -> give(line, to)).start();
    }

    private void take(Socket from, BlockingQueue<Piece> line) {
        try (InputStream in = from.getInputStream()) {
            int length;
            do {
                byte[] bytes = new byte[CHUNK];
                length = in.read(bytes);
                line.put(new Piece(bytes, length, System.nanoTime() + delayNanos));
            } while (length >= 0);
        } catch (IOException | InterruptedException cut) {
            line.offer(new Piece(null, -1, 0));
        }
    }

    private static void give(BlockingQueue<Piece> line, Socket to) {
        try (OutputStream out = to.getOutputStream()) {
            for (Piece piece = line.take(); piece.length() >= 0; piece = line.take()) {
                for (long wait = piece.dueNanos() - System.nanoTime(); wait > 0; wait = piece.dueNanos() - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                out.write(piece.bytes(), 0, piece.length());
            }
        } catch (IOException | InterruptedException cut) {
            Thread.yield();
        }
    }

    @Override
    public void close() throws IOException {
        front.close();
    }
}
