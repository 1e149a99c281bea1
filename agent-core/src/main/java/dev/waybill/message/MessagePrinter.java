// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.change.MalformedException;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Hop;
import dev.waybill.change.TransactionRecord.Passthrough;
import dev.waybill.change.TransactionRecord.PassthroughEnd;
import dev.waybill.change.TransactionRecord.Seen;
import dev.waybill.change.TransactionRecord.SnapshotEnd;
import dev.waybill.change.TransactionRecord.SnapshotReference;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope.Extension;
import dev.waybill.message.Envelope.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Shows an encoded message to a person: the envelope as a table, then its transactions, one line for each change ({@code INSERT PUBLIC.ARTIST (ARTIST_ID=1, NAME='AC/DC')}). Values are escaped and shortened. Damage is
 * said where it is met, after what could be read before it. One thread.
 */
public final class MessagePrinter {

    private final Appendable out;
    private final MessageCodec codec;

    /** Prints to there, whatever the message says of its signature; bodies larger than the bounds are not opened. */
    public MessagePrinter(Appendable out, MessageBounds bounds) {
        this.out = out;
        this.codec = new MessageCodec(bounds);
    }

    /** Prints everything that can be known of these bytes; false when something was wrong with them. */
    public boolean print(byte[] bytes) throws IOException {
        try {
            Cover cover = codec.look(bytes);
            printEnvelope(cover, bytes.length);
            if (cover.encryption() == Seal.UNENCRYPTED) {
                printBody(codec.decode(bytes));
            } else {
                line("");
                line("The body is encrypted for " + ValuePrinter.safe(cover.envelope().recipient()) + ", who alone can read it.");
            }
            return true;
        } catch (MalformedException refused) {
            String sender = MessageCodec.seemingSender(bytes);
            line("");
            line("REFUSED (" + refused.reason() + "): " + ValuePrinter.safe(refused.getMessage()) + (sender == null ? "" : "; it seems to be from " + ValuePrinter.safe(sender)));
            return false;
        }
    }

    private void printEnvelope(Cover cover, int bytes) throws IOException {
        Envelope envelope = cover.envelope();
        field("kind", envelope.kind() + (envelope.kind().isInChain() ? ", inside the chain" : ", outside the chain"));
        field("header", envelope.header().toString());
        field("from", ValuePrinter.safe(envelope.sender()) + ", incarnation " + envelope.senderIncarnation());
        field("to", ValuePrinter.safe(envelope.recipient()) + ", incarnation " + (envelope.recipientIncarnation() == null ? "not yet known" : envelope.recipientIncarnation()));
        field("message id", envelope.messageId().toString());
        field("sent at", envelope.sentAt().toString());
        field("digest at prev", envelope.prevDigest().toString());
        field("confirms", envelope.confirmation() == null ? "nothing yet" : position(envelope.confirmation()));
        if (envelope.resendRequest() != null) {
            field("asks again", "from " + position(envelope.resendRequest().from()) + " under epoch " + envelope.resendRequest().epoch());
        }
        field("journal head", position(envelope.head()));
        if (envelope.part() != null) {
            field("part", part(envelope.part(), cover.plainBytes()));
        }
        field("sender accepts", "messages up to " + envelope.limits().maxMessageBytes() + " bytes, codecs " + envelope.limits().codecs() + ", keys " + ValuePrinter.safe(envelope.limits().keyIds().toString()));
        if (!envelope.stream().equals(Envelope.Stream.FIRST)) {
            field("stream", envelope.stream().number() + ", which began after " + envelope.stream().base() + "; speaks of stream " + envelope.stream().received() + " of the recipient");
        }
        for (Extension extension : envelope.extensions()) {
            field("extension " + extension.type(), (extension.critical() ? "critical, " : "") + extension.content().length + " bytes");
        }
        field("body", cover.plainBytes() + " bytes" + (cover.codec() == MessageCodec.PLAIN ? "" : ", " + cover.encodedBytes() + " in codec " + cover.codec()) + (cover.encryption() == 0 ? "" : ", encrypted"));
        field("signature", cover.signature().scheme() == Seal.UNSIGNED ? "none" : "scheme " + cover.signature().scheme() + " by key " + ValuePrinter.safe(cover.signature().keyId()) + ", not verified here");
        field("length", bytes + " bytes, checksum agrees");
    }

    private static String position(Position position) {
        return position.offset() + " of incarnation " + position.incarnation() + ", digest " + position.digest();
    }

    private static String part(Part part, int length) {
        return "bytes " + part.fromByte() + " to " + (part.fromByte() + length) + (part.totalBytes() < 0 ? "" : ", the last of " + part.totalBytes()) + ", cut " + part.cut();
    }

    private void printBody(Message message) throws IOException {
        Part part = message.envelope().part();
        byte[] body = message.body();
        if (!message.envelope().kind().isInChain() || body.length == 0) {
            return;
        }
        if (part == null) {
            printTransactions(body);
        } else if (part.fromByte() == 0) {
            printFirstPart(new ByteArrayInputStream(body));
        } else {
            line("");
            line("The middle of a transaction: it can be read when its parts have been put together.");
        }
    }

    private void printTransactions(byte[] body) throws IOException {
        List<BodyFrame> frames = BodyFrame.of(body);
        for (BodyFrame frame : frames) {
            printFrame(frame, frame.length() + " bytes");
            printTransaction(new ByteArrayInputStream(body, frame.start(), (int) frame.length()));
        }
    }

    private void printFirstPart(InputStream body) throws IOException {
        printFrame(BodyFrame.head(body), "the beginning of a large one");
        try {
            printTransaction(body);
        } catch (MalformedException cut) {
            line("  … goes on in the next part");
        }
    }

    private void printFrame(BodyFrame frame, String length) throws IOException {
        line("");
        line("transaction " + frame.offset() + ", " + length + ", digest " + frame.digest());
    }

    private void printTransaction(InputStream bytes) throws IOException {
        try (TransactionReader reader = new TransactionReader(bytes)) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                line("  " + text(record));
            }
        }
    }

    /** Prints the changes of one encoded transaction, numbered from 1; closes the stream. */
    public static void printChanges(Appendable out, InputStream bytes) throws IOException {
        try (TransactionReader reader = new TransactionReader(bytes)) {
            long number = 0;
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                out.append(record instanceof Change ? String.format("%6d  ", ++number) : "        ").append(text(record)).append(System.lineSeparator());
            }
        }
    }

    private static String text(TransactionRecord record) {
        if (record instanceof Change change) {
            return text(change);
        }
        if (record instanceof Begin begin) {
            return "BEGIN " + begin.transactionId() + " of " + ValuePrinter.safe(begin.publisher()) + (begin.user().isEmpty() ? "" : ", user " + ValuePrinter.safe(begin.user())) + path(begin.path());
        }
        if (record instanceof SnapshotStart start) {
            String value = start.value() == null ? "" : " (" + ValuePrinter.value(start.value()) + ")";
            return "SNAPSHOT of " + ValuePrinter.safe(start.publication()) + value + ": " + start.tables().stream().map(table -> ValuePrinter.safe(table.shape().qualifiedName())).toList();
        }
        if (record instanceof SnapshotEnd end) {
            return "END OF SNAPSHOT, " + end.rows() + " rows";
        }
        if (record instanceof Passthrough passed) {
            return "PASSTHROUGH for " + passed.recipients().stream().map(ValuePrinter::safe).toList() + (passed.product().isEmpty() ? "" : " on " + ValuePrinter.safe(passed.product())) + ": " + ValuePrinter.value(passed.statement());
        }
        if (record instanceof PassthroughEnd) {
            return "END OF WHAT IT CHANGED";
        }
        if (record instanceof Seen seen) {
            return "HAD SEEN " + seen.logOffset() + " of " + seen.incarnation();
        }
        if (record instanceof SnapshotReference reference) {
            return "SNAPSHOT of " + ValuePrinter.safe(reference.publication()) + " in spool " + reference.spoolId();
        }
        End end = (End) record;
        return "COMMIT at " + end.committedAt() + ", " + end.changes() + (end.changes() == 1 ? " change" : " changes");
    }

    private static String path(List<Hop> path) {
        StringBuilder text = new StringBuilder();
        path.forEach(hop -> text.append(", through ").append(ValuePrinter.safe(hop.publisher())).append(" at ").append(hop.logOffset()));
        return text.toString();
    }

    private static String text(Change change) {
        StringBuilder text = new StringBuilder(change.operation() + " " + ValuePrinter.safe(change.table().qualifiedName()));
        if (change.after() != null) {
            text.append(' ').append(ValuePrinter.row(change.table(), change.after()));
        }
        if (change.oldKey() != null) {
            text.append(" old key ").append(ValuePrinter.row(change.table(), change.oldKey()));
        }
        if (change.before() != null) {
            text.append(change.after() == null ? " " : " before ").append(ValuePrinter.row(change.table(), change.before()));
        }
        change.notes().forEach(note -> text.append(" note ").append(note.type()).append(note.content().length == 0 ? "" : ", " + note.content().length + " bytes"));
        return text.toString();
    }

    private void field(String name, String value) throws IOException {
        line(String.format("%-15s %s", name, value));
    }

    private void line(String text) throws IOException {
        out.append(text).append(System.lineSeparator());
    }
}
