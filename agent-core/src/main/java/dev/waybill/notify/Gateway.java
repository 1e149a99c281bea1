// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.notice.Notice;
import java.io.IOException;

/** A way for notices to reach listeners: bounded in time, and no promise that they arrive. Any thread, one at a time. */
interface Gateway extends AutoCloseable {

    /**
     * Sends one.
     *
     * @param address as its kind understands it
     * @throws IOException it certainly did not leave, or nobody is there
     */
    void send(Notice notice, String address) throws IOException;

    @Override
    default void close() { }
}
