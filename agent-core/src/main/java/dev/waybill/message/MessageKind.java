// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

/** What a message is. {@code code} is the byte on the wire. The four header fields order only kinds inside the chain. */
public enum MessageKind {
    /** Inside: transactions of the journal. */
    DATA(1, true),
    /** Outside: how far the sender of this message has applied the recipient's journal. It also rides on every other kind. */
    CONFIRMATION(2, false),
    /** Outside: the position last sent to this recipient, for finding a lost tail. */
    HEARTBEAT(3, false),
    /** Outside: send again, from here, under this epoch. */
    RESEND_REQUEST(4, false),
    /** Outside: hello of a database, or a request to be taken in. */
    JOIN(5, false),
    /** Inside: the content of a publication at its offset. */
    SNAPSHOT(6, true),
    /** Inside: statements to be executed in stream order. */
    PASSTHROUGH(7, true),
    /** Outside: a call of a remote procedure. */
    CALL(8, false),
    /** Outside: the answer to a call. */
    REPLY(9, false),
    /** Outside: send up to here now. */
    REFRESH(10, false),
    /** Outside: how the sender is, for the recipient's status table. */
    STATUS(11, false),
    /** Outside: row hashes for verification. */
    HASHES(12, false),
    /** Outside: a push request; carries no data. */
    NOTICE(13, false),
    /** Outside: tentative work for validation. */
    TENTATIVE(14, false);

    private static final MessageKind[] ALL = values();

    private final int code;
    private final boolean inChain;

    MessageKind(int code, boolean inChain) {
        this.code = code;
        this.inChain = inChain;
    }

    /** The kind with this code, or null. */
    static MessageKind ofCode(int code) {
        return code >= 1 && code <= ALL.length ? ALL[code - 1] : null;
    }

    /** The byte on the wire. */
    public int code() {
        return code;
    }

    /** Whether the header orders it. */
    public boolean isInChain() {
        return inChain;
    }
}
