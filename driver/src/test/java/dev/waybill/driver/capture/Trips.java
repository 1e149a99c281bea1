// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;

/** Counts the round trips of PostgreSQL's driver: how often it reads an answer after it has sent something. Given to it by name, so what is counted is static, and of one connection at a time. */
public final class Trips extends SocketFactory {

    static final AtomicInteger COUNT = new AtomicInteger();

    @Override
    public Socket createSocket() {
        AtomicBoolean sent = new AtomicBoolean();
        return new Socket() {
            @Override
            public OutputStream getOutputStream() throws IOException {
                return new FilterOutputStream(super.getOutputStream()) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        sent.set(true);
                        out.write(bytes, offset, length);
                    }
                };
            }

            @Override
            public InputStream getInputStream() throws IOException {
                return new FilterInputStream(super.getInputStream()) {
                    @Override
                    public int read(byte[] bytes, int offset, int length) throws IOException {
                        if (sent.compareAndSet(true, false)) {
                            COUNT.incrementAndGet();
                        }
                        return in.read(bytes, offset, length);
                    }
                };
            }
        };
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("PostgreSQL's driver connects by itself");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("PostgreSQL's driver connects by itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("PostgreSQL's driver connects by itself");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException("PostgreSQL's driver connects by itself");
    }
}
