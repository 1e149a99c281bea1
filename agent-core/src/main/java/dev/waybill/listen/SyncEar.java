// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import dev.waybill.link.Link.LinkException;
import dev.waybill.link.http.NoticeCaller;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/** Hears what the head office says by the connection that is held to it, in a thread of its own; of several offices the one that sends notices. After every time that it was away it lets look for what it may have missed. Any thread. */
public final class SyncEar implements AutoCloseable {

    private static final Duration WAIT = Duration.ofSeconds(45);
    private static final long FIRST_REST_MILLIS = 500;
    private static final long LONGEST_REST_MILLIS = 15_000;

    private final List<NoticeCaller> offices;
    private final Listener listener;
    private final int udpPort;
    private final List<String> names;
    private final Consumer<String> told;
    private final Rests rests = new Rests();
    private int turn;

    private SyncEar(List<NoticeCaller> offices, Listener listener, int udpPort, List<String> names, Consumer<String> told) {
        this.offices = List.copyOf(offices);
        this.listener = listener;
        this.udpPort = udpPort;
        this.names = List.copyOf(names);
        this.told = told;
    }

    /**
     * @param offices at least one; the next is asked where one does not send notices
     * @param udpPort where datagrams are heard, too, which the office is told; 0: nowhere
     * @param names   for whom it listens besides
     * @param told    is told when it cannot hear, and when it can again
     */
    public static SyncEar open(List<NoticeCaller> offices, Listener listener, int udpPort, List<String> names, Consumer<String> told, ThreadFactory threads) {
        SyncEar ear = new SyncEar(offices, listener, udpPort, names, told);
        threads.newThread(ear::run).start();
        return ear;
    }

    private void run() {
        boolean there = false;
        boolean complained = false;
        long rest = FIRST_REST_MILLIS;
        while (!rests.areOver()) {
            NoticeCaller office = offices.get(turn % offices.size());
            try {
                if (!there) {
                    arrive(office);
                    listener.mayHaveMissedSome();
                    if (complained) {
                        told.accept("notices are heard again");
                    }
                    there = true;
                    complained = false;
                    rest = FIRST_REST_MILLIS;
                }
                hear(office);
            } catch (LinkException away) {
                there = false;
                turn++;
                if (!complained && !rests.areOver()) {
                    told.accept("notices cannot be heard now: " + away.getMessage());
                    complained = true;
                }
                rests.take(rest);
                rest = Math.min(LONGEST_REST_MILLIS, 2 * rest);
            }
        }
    }

    /** From here on nothing is missed: the office keeps what comes for a while, once it knows that somebody listens. */
    private void arrive(NoticeCaller office) throws LinkException {
        heard(office, office.await(Duration.ZERO, udpPort));
        if (!names.isEmpty()) {
            office.listenFor(names);
        }
    }

    private void hear(NoticeCaller office) throws LinkException {
        heard(office, office.await(WAIT, udpPort));
    }

    private void heard(NoticeCaller office, List<byte[]> notices) throws LinkException {
        for (byte[] notice : notices) {
            byte[] confirmation = listener.hear(notice, "SYNC", true);
            if (confirmation != null) {
                office.confirm(confirmation);
            }
        }
    }

    /** Nothing more is heard; a request that waits is left alone. */
    @Override
    public void close() {
        rests.end();
    }
}
