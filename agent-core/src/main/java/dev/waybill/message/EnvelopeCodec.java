// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.change.ByteSink;
import dev.waybill.change.ByteSource;
import dev.waybill.change.MalformedException;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope.Extension;
import dev.waybill.message.Envelope.Held;
import dev.waybill.message.Envelope.Limits;
import dev.waybill.message.Envelope.Part;
import dev.waybill.message.Envelope.ResendRequest;
import dev.waybill.message.Envelope.Stream;
import dev.waybill.message.Envelope.Vouch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;

/** The envelope's fields in binary, as the package page draws them, from kind to limits; and the extensions. Stateless; any thread. */
final class EnvelopeCodec {

    private static final int LEAST_EXTENSION_BYTES = 3;
    /** Of one transaction that somebody may say to have. */
    private static final int MOST_PARTS = 1 << 20;

    private EnvelopeCodec() {}

    static void write(ByteSink to, Envelope envelope) {
        to.putByte(envelope.kind().code());
        to.putText(envelope.sender());
        to.putText(envelope.recipient());
        to.putUuid(envelope.senderIncarnation());
        if (flag(to, envelope.recipientIncarnation())) {
            to.putUuid(envelope.recipientIncarnation());
        }
        to.putUuid(envelope.messageId());
        write(to, envelope.header());
        write(to, envelope.prevDigest());
        if (flag(to, envelope.confirmation())) {
            write(to, envelope.confirmation());
        }
        if (flag(to, envelope.resendRequest())) {
            to.putUuid(envelope.resendRequest().incarnation());
            to.putNumber(envelope.resendRequest().epoch());
            write(to, envelope.resendRequest().from());
        }
        write(to, envelope.head());
        to.putZigzag(envelope.sentAt().getEpochSecond());
        to.putVarint(envelope.sentAt().getNano());
        if (flag(to, envelope.part())) {
            write(to, envelope.part().cut());
            to.putNumber(envelope.part().fromByte());
            to.putNumber(envelope.part().totalBytes() + 1);
        }
        write(to, envelope.limits());
    }

    /** The fields that {@link #write} wrote; extensions are added by {@link #withExtensions}. */
    static Envelope read(ByteSource from) throws MalformedException {
        int code = from.getByte();
        MessageKind kind = MessageKind.ofCode(code);
        if (kind == null) {
            throw new MalformedException(MalformedException.Reason.UNKNOWN_CRITICAL, "a message is of the unknown kind " + code);
        }
        String sender = from.getText("sender");
        String recipient = from.getText("recipient");
        UUID senderIncarnation = from.getUuid();
        UUID recipientIncarnation = from.getFlag("recipient's incarnation") ? from.getUuid() : null;
        UUID messageId = from.getUuid();
        MessageHeader header = readHeader(from);
        Digest prevDigest = readDigest(from);
        Position confirmation = from.getFlag("confirmation") ? readPosition(from) : null;
        ResendRequest request = from.getFlag("resend request") ? new ResendRequest(from.getUuid(), from.getNumber(Integer.MAX_VALUE, "epoch"), readPosition(from)) : null;
        Position head = readPosition(from);
        Instant sentAt = readInstant(from);
        Part part = from.getFlag("part") ? new Part(readDigest(from), from.getLongNumber("first byte"), from.getLongNumber("total length") - 1) : null;
        return new Envelope(kind, sender, recipient, senderIncarnation, recipientIncarnation, messageId, header, prevDigest, confirmation, request, head, sentAt, part, readLimits(from), List.of());
    }

    static void writeExtensions(ByteSink to, List<Extension> extensions) {
        to.putVarint(extensions.size());
        for (Extension extension : extensions) {
            to.putNumber(extension.type());
            to.putByte(extension.critical() ? 1 : 0);
            to.putBlock(extension.content());
        }
    }

    static Envelope withExtensions(Envelope envelope, ByteSource from) throws MalformedException {
        List<Extension> extensions = new ArrayList<>();
        for (int i = from.getCount(LEAST_EXTENSION_BYTES, "extensions"); i > 0; i--) {
            Extension extension = new Extension(from.getNumber(Integer.MAX_VALUE, "type of an extension"), from.getFlag("critical bit"), from.getBlock("extension"));
            check(extension);
            extensions.add(extension);
        }
        return extensions.isEmpty() ? envelope : new Envelope(envelope.kind(), envelope.sender(), envelope.recipient(), envelope.senderIncarnation(), envelope.recipientIncarnation(), envelope.messageId(),
                envelope.header(), envelope.prevDigest(), envelope.confirmation(), envelope.resendRequest(), envelope.head(), envelope.sentAt(), envelope.part(), envelope.limits(), extensions);
    }

    /** What is not as it must be makes the message unfit before anything of it is believed. */
    private static void check(Extension extension) throws MalformedException {
        switch (extension.type()) {
            case Stream.TYPE -> stream(extension.content());
            case Held.TYPE -> held(extension.content());
            case Vouch.TYPE -> vouch(extension.content());
            case Envelope.DECLINED_TYPE -> number(extension.content());
            default -> { }
        }
    }

    static byte[] bytes(Stream stream) {
        ByteSink sink = new ByteSink(48);
        sink.putNumber(stream.number());
        sink.putVarint(stream.base().bytes());
        write(sink, stream.baseDigest());
        sink.putNumber(stream.received());
        return sink.bytes();
    }

    static Stream stream(byte[] content) throws MalformedException {
        ByteSource from = new ByteSource(content);
        Stream stream = new Stream(from.getNumber(Integer.MAX_VALUE - 1, "number of a stream"), readOffset(from), readDigest(from), from.getNumber(Integer.MAX_VALUE - 1, "number of a stream"));
        from.expectEnd("a stream");
        return stream;
    }

    static byte[] bytes(Vouch vouch) {
        ByteSink sink = new ByteSink(48);
        if (flag(sink, vouch.incarnation())) {
            sink.putUuid(vouch.incarnation());
        }
        sink.putNumber(vouch.stream());
        sink.putVarint(vouch.offset().bytes());
        write(sink, vouch.digest());
        return sink.bytes();
    }

    static Vouch vouch(byte[] content) throws MalformedException {
        ByteSource from = new ByteSource(content);
        UUID incarnation = from.getFlag("incarnation that is vouched for") ? from.getUuid() : null;
        Vouch vouch = new Vouch(incarnation, from.getNumber(Integer.MAX_VALUE - 1, "number of a stream"), readOffset(from), readDigest(from));
        from.expectEnd("what is vouched for");
        return vouch;
    }

    static byte[] bytesOfNumber(int number) {
        ByteSink sink = new ByteSink(8);
        sink.putNumber(number);
        return sink.bytes();
    }

    static int number(byte[] content) throws MalformedException {
        ByteSource from = new ByteSource(content);
        int number = from.getNumber(Integer.MAX_VALUE - 1, "number of a stream");
        from.expectEnd("a number");
        return number;
    }

    static byte[] bytes(Held held) {
        List<Integer> runs = new ArrayList<>();
        BitSet parts = held.parts().get(0, MOST_PARTS);
        for (int at = 0, end; at < parts.length() && runs.size() < Held.MOST_RUNS; at = end) {
            end = runs.size() % 2 == 0 ? parts.nextClearBit(at) : parts.nextSetBit(at);
            runs.add(end - at);
        }
        ByteSink sink = new ByteSink(32);
        write(sink, held.cut());
        sink.putNumber(runs.size());
        runs.forEach(sink::putNumber);
        return sink.bytes();
    }

    static Held held(byte[] content) throws MalformedException {
        ByteSource from = new ByteSource(content);
        Digest cut = readDigest(from);
        BitSet parts = new BitSet();
        int at = 0;
        for (int run = 0, runs = from.getNumber(Held.MOST_RUNS, "runs of parts"); run < runs; run++) {
            int end = at + from.getNumber(MOST_PARTS - at, "parts");
            parts.set(at, end, run % 2 == 0);
            at = end;
        }
        from.expectEnd("parts");
        return new Held(cut, parts);
    }

    private static boolean flag(ByteSink to, Object optional) {
        to.putByte(optional == null ? 0 : 1);
        return optional != null;
    }

    private static void write(ByteSink to, MessageHeader header) {
        to.putVarint(header.resendCount());
        to.putVarint(header.prev().bytes());
        to.putVarint(header.last().bytes());
        to.putVarint(header.sequence());
    }

    private static MessageHeader readHeader(ByteSource from) throws MalformedException {
        int resendCount = from.getNumber(Integer.MAX_VALUE, "resend count");
        LogOffset prev = readOffset(from);
        LogOffset last = readOffset(from);
        int sequence = from.getNumber(Integer.MAX_VALUE, "sequence");
        if (last.isBefore(prev)) {
            throw new MalformedException("a message goes back from " + prev + " to " + last);
        }
        return new MessageHeader(resendCount, prev, last, sequence);
    }

    private static LogOffset readOffset(ByteSource from) throws MalformedException {
        return new LogOffset(from.getLongNumber("log offset"));
    }

    private static void write(ByteSink to, Digest digest) {
        to.putLong(digest.high());
        to.putLong(digest.low());
    }

    private static Digest readDigest(ByteSource from) throws MalformedException {
        return new Digest(from.getLong(), from.getLong());
    }

    private static void write(ByteSink to, Position position) {
        to.putUuid(position.incarnation());
        to.putVarint(position.offset().bytes());
        write(to, position.digest());
    }

    private static Position readPosition(ByteSource from) throws MalformedException {
        return new Position(from.getUuid(), readOffset(from), readDigest(from));
    }

    private static Instant readInstant(ByteSource from) throws MalformedException {
        long second = from.getZigzag();
        int nano = from.getNumber(999_999_999, "nanosecond");
        if (second < Instant.MIN.getEpochSecond() || second > Instant.MAX.getEpochSecond()) {
            throw new MalformedException("the send time " + second + " s is not in the calendar");
        }
        return Instant.ofEpochSecond(second, nano);
    }

    private static void write(ByteSink to, Limits limits) {
        to.putNumber(limits.maxMessageBytes());
        to.putVarint(limits.codecs().size());
        limits.codecs().forEach(to::putNumber);
        to.putVarint(limits.keyIds().size());
        limits.keyIds().forEach(to::putText);
    }

    private static Limits readLimits(ByteSource from) throws MalformedException {
        int maxMessageBytes = from.getNumber(Integer.MAX_VALUE, "longest message");
        List<Integer> codecs = new ArrayList<>();
        for (int i = from.getCount(1, "codecs"); i > 0; i--) {
            codecs.add(from.getNumber(Integer.MAX_VALUE, "codec"));
        }
        List<String> keyIds = new ArrayList<>();
        for (int i = from.getCount(1, "key ids"); i > 0; i--) {
            keyIds.add(from.getText("key id"));
        }
        return new Limits(maxMessageBytes, codecs, keyIds);
    }
}
