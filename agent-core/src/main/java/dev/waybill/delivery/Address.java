// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.message.Envelope;
import dev.waybill.message.MessageKind;
import java.util.UUID;

/**
 * R0: whether a message is from whom, and for whom, it must be.
 *
 * @param sender        publisher of the other database
 * @param me            my publisher
 * @param myIncarnation of my catalogue
 */
record Address(String sender, String me, UUID myIncarnation) {

    /** What is done with a message. */
    enum Verdict {
        /** Both incarnations are right. */
        TAKE,
        /** The sender knows mine, which it can only from me; so its own is fresh, and learned. */
        LEARN,
        /** A hello of someone who does not know mine: it is answered, nothing is learned (it may have lain there since before the sender was made anew). */
        ANSWER,
        /** Put aside and reported. */
        REFUSE
    }

    /** The drawing on the package page, as code. */
    Verdict judge(Envelope envelope, UUID known) {
        if (!envelope.sender().equals(sender) || !envelope.recipient().equals(me)) {
            return Verdict.REFUSE;
        }
        if (known != null && !known.equals(envelope.senderIncarnation())) {
            return Verdict.REFUSE;
        }
        if (envelope.recipientIncarnation() == null) {
            return envelope.kind() == MessageKind.JOIN ? Verdict.ANSWER : Verdict.REFUSE;
        }
        if (!envelope.recipientIncarnation().equals(myIncarnation)) {
            return Verdict.REFUSE;
        }
        return known == null ? Verdict.LEARN : Verdict.TAKE;
    }

    /**
     * Whether it comes under the right name from another database, or another history of it: a person may decide that this is the one ({@link ReceiverEvent.Adopt}). Both ends may have been renewed, so it does not matter as whom it
     * knows me.
     */
    boolean isOfAnother(Envelope envelope, UUID known) {
        return envelope.sender().equals(sender) && envelope.recipient().equals(me) && known != null && !known.equals(envelope.senderIncarnation());
    }

    /** What was wrong, for a person. */
    String reason(Envelope envelope, UUID known) {
        return "It is from " + envelope.sender() + " (incarnation " + envelope.senderIncarnation() + ") for " + envelope.recipient() + " (incarnation "
                + envelope.recipientIncarnation() + "); this is " + me + " (" + myIncarnation + "), and " + sender + " is known here as " + known + ".";
    }
}
