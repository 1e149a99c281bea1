// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;

/**
 * Who holds a lease, for people and for seeing that a process of this host is dead (so that a restart need not wait for the lease to run out).
 *
 * @param name tells several agents of one process apart
 */
record LeaseHolder(String host, long process, long started, String name) {

    /** An agent of this process. */
    static LeaseHolder here(String name) {
        ProcessHandle self = ProcessHandle.current();
        return new LeaseHolder(hostName(), self.pid(), started(self), name);
    }

    /** From {@link #toString}; an unreadable text is a holder of whom nothing is known. */
    static LeaseHolder parse(String text) {
        String[] parts = text.split("/", 4);
        try {
            return new LeaseHolder(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[3]);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException unreadable) {
            return new LeaseHolder(text, -1, 0, "");
        }
    }

    /** Whether it certainly was a process of this host that is no more. A wrong "yes" would cost time, never data: the token decides. */
    boolean isDeadHere() {
        return process > 0 && host.equals(hostName()) && ProcessHandle.of(process).filter(alive -> started(alive) == started).isEmpty();
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().replace('/', '-');
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }

    @Override
    public String toString() {
        return host + "/" + process + "/" + started + "/" + name;
    }
}
