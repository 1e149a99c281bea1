// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.message.Seal;
import dev.waybill.notice.Notice;
import dev.waybill.notice.NoticeCodec;
import java.io.IOException;
import java.util.function.Supplier;

/** Notices by the connection that a listener holds to the head office. Any thread. */
final class SyncGateway implements Gateway {

    private final NoticeBoard board;
    private final Supplier<Seal> seal;

    /** @param board null where this process offers no port */
    SyncGateway(NoticeBoard board, Supplier<Seal> seal) {
        this.board = board;
        this.seal = seal;
    }

    @Override
    public void send(Notice notice, String address) throws IOException {
        if (board == null || !board.put(address, NoticeCodec.encode(notice, seal.get()))) {
            throw new IOException(address + " does not listen here now");
        }
    }
}
