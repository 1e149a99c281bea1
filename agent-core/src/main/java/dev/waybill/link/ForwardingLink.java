// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** A link around another one, to which it hands everything on; who is around it does something else in some of it. As many threads as the other takes. */
public class ForwardingLink implements Link {

    /** The one inside. */
    protected final Link inside;

    /** Around this one, which is closed with it. */
    protected ForwardingLink(Link inside) {
        this.inside = inside;
    }

    @Override
    public int maxMessageBytes() {
        return inside.maxMessageBytes();
    }

    @Override
    public int sendableBytes() {
        return inside.sendableBytes();
    }

    @Override
    public void send(String address, byte[] message) throws LinkException {
        inside.send(address, message);
    }

    @Override
    public void flush() throws LinkException {
        inside.flush();
    }

    @Override
    public void expect(Set<String> addresses) {
        inside.expect(addresses);
    }

    @Override
    public Map<String, String> reached() {
        return inside.reached();
    }

    @Override
    public void resume(Map<String, String> reached) {
        inside.resume(reached);
    }

    @Override
    public List<String> losses() {
        return inside.losses();
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
