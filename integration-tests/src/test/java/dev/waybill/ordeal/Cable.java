// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network of one cable, on loopback: passes bytes on to a port until it is pulled out, or until it swallows what is sent. Any thread. */
final class Cable implements Closeable {

    private final ServerSocket entrance;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean pulled;
    private volatile boolean swallowing;

    Cable(int target) throws IOException {
        this.target = target;
        entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    /** Every connection breaks, new ones are refused as soon as they are made. */
    void pull() {
        pulled = true;
        sockets.forEach(Cable::shut);
        sockets.clear();
    }

    /** Connections stay, nothing arrives any more: what is swallowed is gone, so they have to break in the end. */
    void swallow() {
        swallowing = true;
    }

    void plugIn() {
        swallowing = false;
        sockets.forEach(Cable::shut);
        sockets.clear();
        pulled = false;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket here = entrance.accept();
                if (pulled) {
                    here.close();
                    continue;
                }
                Socket there = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(here);
                sockets.add(there);
                run(() -> pass(here, there));
                run(() -> pass(there, here));
            } catch (IOException closed) {
                pause();
            }
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] bytes = new byte[8_192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                if (!swallowing) {
                    out.write(bytes, 0, read);
                }
            }
        } catch (IOException broken) {
            shut(to);
        }
        shut(from);
        shut(to);
    }

    private static void pause() {
        Thread.onSpinWait();
    }

    private static void shut(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyClosed) {
            pause();
        }
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(work, "cable");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        pull();
    }
}
