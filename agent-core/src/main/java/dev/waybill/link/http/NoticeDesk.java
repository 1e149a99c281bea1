// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import java.util.List;
import java.util.function.Consumer;

/** What the office has for remotes that wait to be woken: notices, and what pollers look for (room {@code notify}). All bytes are somebody else's: the server only carries them. Any thread. */
public interface NoticeDesk {

    /** Whether somebody here sends notices now; otherwise remotes are told to ask another office, or later. */
    boolean isOpen();

    /**
     * A remote listens: it can be reached by its waiting request from now on, and for a while after that.
     *
     * @param host    where it called from
     * @param udpPort where it hears datagrams too; 0: nowhere
     */
    void listens(String name, String host, int udpPort);

    /**
     * Other names for which this remote listens, too.
     *
     * @return whether all of them may be
     */
    boolean listensFor(String name, List<String> others);

    /** What waits for this remote, taken: each a notice. */
    List<byte[]> take(String name);

    /** It said what became of a notice; bytes that are none are nothing. */
    void confirmed(String name, byte[] confirmation);

    /** What a poller finds: {@code [subject]content}; null for nothing. */
    String polled(String notifier, String key);

    /** Is told the name of a remote when something comes for it. One such; null for nobody. */
    void onNotice(Consumer<String> told);
}
