// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.MalformedException;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.link.Link;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpeningTest {

    private static final MessageCodec CODEC = new MessageCodec(MessageBounds.of(50_000));

    private final ExecutorService beside = Executors.newFixedThreadPool(2);
    private final Box box = new Box();
    private final List<Mail> mails = IntStream.range(0, 50).mapToObj(i -> new Mail("FILE", new Link.Arrival("m" + i, 1, null))).toList();

    OpeningTest() {
        mails.forEach(mail -> box.content.put(mail.arrival().name(), CODEC.encode(new Message(envelope(), mail.arrival().name().repeat(3_000).getBytes()), MessageCodec.CODECS)));
    }

    @AfterEach
    void close() {
        beside.shutdown();
    }

    private static Envelope envelope() {
        UUID id = new UUID(1, 2);
        return new Envelope(MessageKind.HEARTBEAT, "hq", "branch", id, null, id, new MessageHeader(0, LogOffset.ZERO, LogOffset.ZERO, 0), Digest.ZERO, null, null, Position.start(id), Instant.EPOCH, null,
                new Envelope.Limits(50_000, MessageCodec.CODECS, List.of()), List.of());
    }

    private Opening opening() {
        Opening opening = new Opening(beside);
        opening.begin(box, CODEC, mails);
        return opening;
    }

    private static String body(Opening.Letter letter) throws MalformedException {
        return new String(letter.message().body()).substring(0, letter.mail().arrival().name().length());
    }

    @Test
    void everyMessageIsReadOnceAndIsTheOneThatWasAskedFor() throws Exception {
        Opening opening = opening();
        for (Mail mail : mails) {
            assertThat(body(opening.open(mail))).isEqualTo(mail.arrival().name());
        }
        assertThat(box.read).hasSize(mails.size()).doesNotHaveDuplicates();
    }

    @Test
    void fewAreReadBeforeTheirTurn() throws Exception {
        opening().open(mails.get(0));
        assertThat(box.read).containsExactly("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void whoeverLeavesSomeOutGetsTheOthers() throws Exception {
        Opening opening = opening();
        for (int i = 0; i < mails.size(); i += 3) {
            assertThat(body(opening.open(mails.get(i)))).isEqualTo("m" + i);
        }
    }

    @Test
    void aLookThatLeavesSomeReadsThemAheadForTheNextOneAndOnce() throws Exception {
        Opening opening = opening();
        assertThat(body(opening.open(mails.get(0)))).isEqualTo("m0");
        opening.goFarAhead();
        assertThat(box.read).hasSize(mails.size());
        opening.begin(box, CODEC, mails.subList(1, mails.size()));
        for (Mail mail : mails.subList(1, mails.size())) {
            assertThat(body(opening.open(mail))).isEqualTo(mail.arrival().name());
        }
        assertThat(box.read).hasSize(mails.size()).doesNotHaveDuplicates();
    }

    @Test
    void whatIsReadAheadIsBounded() throws Exception {
        byte[] long0 = new byte[50_000];
        mails.forEach(mail -> box.content.put(mail.arrival().name(), long0));
        Opening opening = opening();
        opening.open(mails.get(0));
        opening.goFarAhead();
        assertThat(box.read).hasSize(1 + 2 * 1024 * 1024 / 50_000 + 1);
    }

    @Test
    void whatWasReadAheadAndIsNotListedAnyMoreIsForgotten() throws Exception {
        Opening opening = opening();
        opening.open(mails.get(0));
        opening.begin(box, CODEC, mails.subList(40, 50));
        box.content.clear();
        opening.begin(box, CODEC, mails);
        assertThat(opening.open(mails.get(1))).as("gone").isNull();
    }

    @Test
    void whatIsWrongWithOneIsSaidInItsTurn() throws Exception {
        box.content.remove("m2");
        box.content.put("m3", new byte[100]);
        box.broken = "m4";
        Opening opening = opening();
        assertThat(body(opening.open(mails.get(0)))).isEqualTo("m0");
        assertThat(body(opening.open(mails.get(1)))).isEqualTo("m1");
        assertThat(opening.open(mails.get(2))).as("gone").isNull();
        Opening.Letter damaged = opening.open(mails.get(3));
        assertThat(damaged.bytes()).hasSize(100);
        assertThatThrownBy(damaged::message).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> opening.open(mails.get(4))).isInstanceOf(Link.LinkException.class).hasMessage("m4 cannot be read");
    }

    /** Messages by name. */
    private static final class Box implements Link {
        private final Map<String, byte[]> content = new HashMap<>();
        private final List<String> read = new ArrayList<>();
        private String broken;

        @Override
        public byte[] read(Arrival arrival) throws LinkException {
            if (arrival.name().equals(broken)) {
                throw new LinkException(broken + " cannot be read", null);
            }
            read.add(arrival.name());
            return content.get(arrival.name());
        }

        @Override
        public int maxMessageBytes() {
            return 50_000;
        }

        @Override
        public void send(String address, byte[] message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Arrival> list(int atMost) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete(Arrival arrival) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void quarantine(Arrival arrival, String reason) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onArrival(Runnable wake) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException();
        }
    }
}
