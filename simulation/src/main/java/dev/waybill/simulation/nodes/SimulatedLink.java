// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.link.FaultyLink;
import dev.waybill.link.Link;
import dev.waybill.link.MemoryLink;
import java.util.List;

/** A way through the simulated network: faulty while times are bad, cut off while it is partitioned. */
final class SimulatedLink implements Link {

    private final NodeWorld world;
    private final String own;
    private final MemoryLink good;
    private final FaultyLink bad;

    SimulatedLink(NodeWorld world, String own, MemoryLink good, FaultyLink bad) {
        this.world = world;
        this.own = own;
        this.good = good;
        this.bad = bad;
    }

    @Override
    public int maxMessageBytes() {
        return good.maxMessageBytes();
    }

    @Override
    public void send(String address, byte[] message) throws LinkException {
        demand(own);
        demand(address);
        if (world.isFull(own)) {
            throw new LinkException("no space left on the disk of " + own + " (simulated)", null);
        }
        world.says(own, address, message);
        if (world.isQuiet() || !world.mischief().isWanted()) {
            good.send(address, message);
        } else {
            bad.send(address, message);
        }
    }

    @Override
    public List<Arrival> list(int atMost) throws LinkException {
        demand(own);
        return bad.list(atMost);
    }

    @Override
    public byte[] read(Arrival arrival) throws LinkException {
        demand(own);
        return good.read(arrival);
    }

    @Override
    public void delete(Arrival arrival) throws LinkException {
        demand(own);
        good.delete(arrival);
    }

    @Override
    public void quarantine(Arrival arrival, String reason) throws LinkException {
        demand(own);
        good.quarantine(arrival, reason);
    }

    private void demand(String address) throws LinkException {
        if (world.isCutOff(address)) {
            throw new LinkException(address + " is cut off (simulated)", null);
        }
    }

    @Override
    public void onArrival(Runnable wake) {
        good.onArrival(wake);
    }

    @Override
    public void close() {
        bad.close();
    }
}
