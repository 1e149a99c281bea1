// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import static dev.waybill.message.MessageSamples.CODEC;
import static dev.waybill.message.MessageSamples.encode;
import static dev.waybill.message.MessageSamples.envelope;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.ByteSink;
import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.change.TransactionWriter;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope.Part;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MessagePrinterTest {

    private static final Object ABSENT = RowImage.ABSENT;
    private static final TableShape ARTIST = new TableShape("public", "artist", 1, List.of(column("artist_id", SqlType.INTEGER), column("name", SqlType.VARCHAR), column("since", SqlType.DATE),
            column("photo", SqlType.BLOB), column("fee", SqlType.NUMERIC)), List.of(0));

    @Test
    void envelopeAndChangesAreReadable() throws IOException {
        byte[] transaction = transaction(
                change(Operation.INSERT, null, null, row(1L, "AC/DC", LocalDate.of(1973, 11, 1), new byte[] {1, (byte) 0xff}, new BigDecimal("1.50"))),
                change(Operation.UPDATE, row(1L, ABSENT, ABSENT, ABSENT, ABSENT), row(1L, "AC/DC", ABSENT, ABSENT, ABSENT), row(2L, null, ABSENT, ABSENT, ABSENT)),
                new Change(ARTIST, Operation.DELETE, null, row(2L, ABSENT, ABSENT, ABSENT, ABSENT), null, List.of(new Note(Note.CASCADED, new byte[0]))),
                change(Operation.TRUNCATE, null, null, null));
        String shown = print(encode(new Message(envelope(MessageKind.DATA, null), framed(942712, transaction))));
        assertThat(shown.lines()).containsSubsequence(
                "kind            DATA, inside the chain",
                "header          (0-0000923357-0000942712-0)",
                "from            hq, incarnation 00000000-0000-0001-0000-000000000002",
                "to              branch, incarnation 00000000-0000-0003-0000-000000000004",
                "sent at         2026-11-21T23:00:00.123456789Z",
                "confirms        0000000412 of incarnation 00000000-0000-0003-0000-000000000004, digest 0000000000000009000000000000000a",
                "signature       none",
                "transaction 0000942712, " + transaction.length + " bytes, digest 0000000000000001000000000000002a",
                "  BEGIN 00000000-0000-0001-0000-000000000002 of hq, user SA",
                "  INSERT public.artist (artist_id=1, name='AC/DC', since='1973-11-01', photo=X'01ff', fee=1.50)",
                "  UPDATE public.artist (artist_id=2, name=NULL) old key (artist_id=1) before (artist_id=1, name='AC/DC')",
                "  DELETE public.artist (artist_id=2) note 5",
                "  TRUNCATE public.artist",
                "  COMMIT at 2026-11-21T22:59:59Z, 4 changes");
    }

    @Test
    void valuesAreShortenedAndNothingReachesTheTerminalThatItWouldObey() throws IOException {
        byte[] transaction = transaction(change(Operation.INSERT, null, null, row(1L, "it's \u001b[2J\n\u202e\ud83d " + "x".repeat(100), null, new byte[1000], null)),
                change(Operation.INSERT, null, null, row(2L, "y".repeat(50_000), null, new byte[40_000], null)));
        byte[] bytes = encode(new Message(envelope(MessageKind.DATA, null), framed(942712, transaction)));
        String shown = print(bytes);
        assertThat(shown).contains("name='it''s \\u{1b}[2J\\n\\u{202e}\\u{d83d} xxx", "xxx…' <113 characters>", "…' <1000 bytes>", "name=<50000 bytes>, since=NULL, photo=<40000 bytes>");
        assertThat(shown.chars().filter(c -> c < ' ' && c != '\n' && c != '\r')).isEmpty();
        assertThat(shown.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(400));
    }

    @Test
    void firstPartShowsWhatItHasAndLaterPartsSayWhatTheyAre() throws IOException {
        byte[] whole = framed(1119170, transaction(change(Operation.INSERT, null, null, row(1L, "AC/DC", null, null, null)), change(Operation.INSERT, null, null, row(2L, "Accept", null, null, null))));
        int middle = whole.length - 20;
        String first = print(encode(new Message(envelope(MessageKind.DATA, new Part(Digest.ZERO, 0, -1)), Arrays.copyOf(whole, middle))));
        assertThat(first).contains("bytes 0 to " + middle, "  INSERT public.artist (artist_id=1, name='AC/DC'", "  … goes on in the next part");
        String last = print(encode(new Message(envelope(MessageKind.DATA, new Part(Digest.ZERO, middle, whole.length)), Arrays.copyOfRange(whole, middle, whole.length))));
        assertThat(last).contains("bytes " + middle + " to " + whole.length + ", the last of " + whole.length, "The middle of a transaction");
    }

    @Test
    void damageIsSaidAfterWhatCouldBeRead() throws IOException {
        byte[] body = framed(942712, transaction(change(Operation.INSERT, null, null, row(1L, "AC/DC", null, null, null))));
        body[body.length - 1] ^= 0x55;
        StringBuilder shown = new StringBuilder();
        assertThat(new MessagePrinter(shown, MessageBounds.of(50_000)).print(encode(new Message(envelope(MessageKind.DATA, null), body)))).isFalse();
        assertThat(shown).contains("INSERT public.artist", "REFUSED (CORRUPT): a transaction ends with", "it seems to be from hq");
        assertThat(print(new byte[] {1, 2, 3, 4, 5})).contains("REFUSED (CORRUPT): this is no message").doesNotContain("kind");
        byte[] oversize = CODEC.encode(new Message(envelope(MessageKind.DATA, null), new byte[60_000]), List.of());
        assertThat(print(oversize)).contains("REFUSED (OVERSIZE)", "from hq");
    }

    private static String print(byte[] message) throws IOException {
        StringBuilder shown = new StringBuilder();
        new MessagePrinter(shown, MessageBounds.of(50_000)).print(message);
        return shown.toString();
    }

    private static byte[] framed(long offset, byte[] transaction) {
        ByteSink sink = new ByteSink();
        sink.putBytes(BodyFrame.head(new LogOffset(offset), new Digest(1, 42), transaction.length));
        sink.putBytes(transaction);
        return sink.bytes();
    }

    private static byte[] transaction(Change... changes) throws IOException {
        ByteSink sink = new ByteSink();
        TransactionWriter writer = new TransactionWriter(sink);
        writer.write(new Begin(new UUID(1, 2), "hq", "SA", List.of()));
        for (TransactionRecord change : changes) {
            writer.write(change);
        }
        writer.write(new End(Instant.parse("2026-11-21T22:59:59Z"), changes.length));
        return sink.bytes();
    }

    private static Change change(Operation operation, RowImage oldKey, RowImage before, RowImage after) {
        return new Change(ARTIST, operation, oldKey, before, after, List.of());
    }

    private static RowImage row(Object... values) {
        return new RowImage(values);
    }

    private static ColumnShape column(String name, SqlType type) {
        return new ColumnShape(name, ColumnType.of(type));
    }
}
