// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.SnapshotEnd;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.change.TransactionWriter;
import dev.waybill.message.BodyFrame;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageKind;
import dev.waybill.message.Seal;
import dev.waybill.publication.MessageType;
import dev.waybill.seal.KeyRing;
import dev.waybill.seal.Keys;
import dev.waybill.seal.SealPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A branch that was taken over, with its database and its key: it signs what it likes, in the right place of its stream. */
class CompromisedBranchTest {

    private static final MessageCodec CODEC = new MessageCodec(MessageBounds.of(100_000));
    private static final String SECRETS = "SELECT * FROM payroll ORDER BY id";

    @TempDir
    Path temp;
    private Path folder;
    private TwoDatabases two;
    private Seal key;

    @BeforeEach
    void branchIsTakenOver() throws Exception {
        folder = temp.resolve("folder");
        two = TwoDatabases.over(folder);
        for (Site site : List.of(two.hq, two.branch)) {
            String name = site == two.hq ? "hq" : "branch";
            String other = site == two.hq ? "branch" : "hq";
            site.with(AgentSettings.DEFAULTS.withKeys(temp.resolve(name + "-keys"))).say("SET REMOTE FILE OPTION signature = 'required'");
            new KeyRing(temp.resolve(other + "-keys"), two.clock).trust(KeyRing.export(new KeyRing(temp.resolve(name + "-keys"), two.clock).make(name)), Duration.ofDays(30));
        }
        two.hq.say("CREATE TABLE payroll (id INT PRIMARY KEY, name VARCHAR(100), amount INT)", "INSERT INTO payroll VALUES (1, 'aunt', 100)");
        two.branch.say(Site.CREATE_ITEM, "CREATE PUBLICATION up (TABLE item)", "CREATE SUBSCRIPTION TO up FOR hq", "START SUBSCRIPTION TO up FOR hq");
        turns(10);
        Keys keys = new Keys(temp.resolve("branch-keys"), two.clock);
        keys.refresh();
        key = keys.seal("branch", "hq", SealPolicy.of(new MessageType("FILE", "branch", Map.of("signature", "required"))), null, MessageKind.DATA);
    }

    @AfterEach
    void close() throws Exception {
        two.close();
    }

    @Test
    void whatItHonestlyHasToSayIsTaken() throws Exception {
        two.branch.insert(1, "one");
        turns(20);
        assertThat(two.hq.items()).isEqualTo("1|one|1\n");
    }

    @ParameterizedTest
    @CsvSource({"PUBLIC, PAYROLL, not published", "public, payroll, as other products name it", "'', public.payroll, with a point", "WAYBILL, REMOTE_USER, the catalogue", "'', waybill.remote_user, as other products name the catalogue"})
    void noOtherTableIsWrittenWhateverItIsCalled(String schema, String table, String what) throws Exception {
        refused(change -> write(change, schema, table));
    }

    @Test
    void aTableThatIsPublishedForOthersIsNotWritten() throws Exception {
        two.hq.say("CREATE PUBLICATION pay (TABLE payroll)");
        refused(change -> write(change, "PUBLIC", "PAYROLL"));
    }

    @Test
    void whatWasTakenBackIsNotWritten() throws Exception {
        two.hq.say("DROP SUBSCRIPTION TO stock FOR branch");
        refused(change -> transaction(change));
    }

    @Test
    void aColumnThatIsPublishedForOthersIsNotWritten() throws Exception {
        two.hq.say("DROP PUBLICATION stock", "CREATE PUBLICATION some (TABLE item (id, name))", "CREATE SUBSCRIPTION TO some FOR branch");
        refused(change -> transaction(change));
        assertThat(two.hq.neighbour("receive_reason")).contains("column AMOUNT");
    }

    @Test
    void anothersRowsAreNotWritten() throws Exception {
        two.hq.say("DROP PUBLICATION stock", "CREATE PUBLICATION few (TABLE item WHERE id < 5)", "CREATE SUBSCRIPTION TO few FOR branch");
        attack(change -> transaction(change), "branch");
        turns(30);
        assertThat(two.hq.items()).isEmpty();
        assertThat(two.hq.neighbour("receive_state || receive_reason")).startsWith("HALTED").contains("APPLY_ROW_NOT_ITS", "ITEM", "ID=7");
        assertThat(two.hq.rows("SELECT total FROM waybill.counter WHERE name = 'refused' AND subject = 'branch'")).as("counted once, however often it is tried").isEqualTo("1\n");
    }

    @Test
    void noSnapshotReplacesTables() throws Exception {
        refused(change -> transaction(new SnapshotStart("stock", null, List.of()), new SnapshotEnd(0)));
    }

    @Test
    void oneHiddenBehindAnHonestChangeTakesThatAlong() throws Exception {
        refused(change -> transaction(change, changed(change, "PUBLIC", "PAYROLL")));
    }

    @Test
    void noPolicyForPoisonLetsItThrough() throws Exception {
        two.hq.say("ALTER REMOTE branch POISON SKIP");
        attack(change -> write(change, "PUBLIC", "PAYROLL"), "branch");
        turns(30);
        assertThat(two.hq.rows(SECRETS)).isEqualTo("1|aunt|100\n");
    }

    @Test
    void itCannotSpeakInTheNameOfAnother() throws Exception {
        two.hq.say("GRANT REMOTE TO shop TYPE FILE ADDRESS 'shop' SEND EVERY '00:00:00'");
        attack(change -> transaction(change), "shop");
        turns(30);
        assertThat(two.hq.items()).isEmpty();
        assertThat(two.hq.rows("SELECT receive_reason FROM waybill.remote_user WHERE user_name = 'shop'")).contains("no key of shop");
    }

    private interface Attack {
        byte[] instead(Change honest) throws IOException;
    }

    private void refused(Attack attack) throws Exception {
        String users = two.hq.rows("SELECT user_name, type_name, address FROM waybill.remote_user");
        attack(attack, "branch");
        turns(30);
        assertThat(two.hq.rows(SECRETS)).isEqualTo("1|aunt|100\n");
        assertThat(two.hq.rows("SELECT user_name, type_name, address FROM waybill.remote_user")).isEqualTo(users);
        assertThat(two.hq.items()).as("nothing of the transaction is applied").isEmpty();
        assertThat(two.hq.neighbour("receive_state")).isEqualTo("HALTED");
        assertThat(two.hq.neighbour("receive_reason")).contains("APPLY_NOT_ADMITTED");
    }

    /** The message of an honest change is replaced by one with something else in it, signed as rightly. */
    private void attack(Attack attack, String inTheNameOf) throws Exception {
        two.branch.insert(7, "seven").turn();
        for (Path file : messages()) {
            Message honest = CODEC.decode(Files.readAllBytes(file));
            if (honest.envelope().kind() != MessageKind.DATA) {
                continue;
            }
            BodyFrame frame = BodyFrame.of(honest.body()).get(0);
            byte[] content = attack.instead(change(honest.body(), frame));
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.writeBytes(BodyFrame.head(frame.offset(), frame.digest(), content.length));
            body.writeBytes(content);
            Files.write(file, CODEC.encode(new Message(named(honest.envelope(), inTheNameOf), body.toByteArray()), MessageCodec.CODECS, key));
        }
    }

    private static Envelope named(Envelope honest, String sender) {
        return new Envelope(honest.kind(), sender, honest.recipient(), honest.senderIncarnation(), honest.recipientIncarnation(), honest.messageId(), honest.header(), honest.prevDigest(), honest.confirmation(), honest.resendRequest(),
                honest.head(), honest.sentAt(), honest.part(), honest.limits(), honest.extensions());
    }

    private static Change change(byte[] body, BodyFrame frame) throws IOException {
        try (TransactionReader reader = new TransactionReader(new ByteArrayInputStream(body, frame.start(), (int) frame.length()))) {
            TransactionRecord record = reader.next();
            while (!(record instanceof Change)) {
                record = reader.next();
            }
            return (Change) record;
        }
    }

    private byte[] write(Change honest, String schema, String table) throws IOException {
        return transaction(changed(honest, schema, table));
    }

    private static Change changed(Change honest, String schema, String table) {
        TableShape shape = new TableShape(schema, table, honest.table().version(), honest.table().columns(), honest.table().key());
        return new Change(shape, Operation.INSERT, null, null, new RowImage(new Object[] {2L, "thief", 1_000_000L}), List.of());
    }

    private byte[] transaction(TransactionRecord... records) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TransactionWriter writer = new TransactionWriter(bytes);
        writer.write(new Begin(new UUID(6, 6), "branch", "", List.of()));
        long changes = 0;
        for (TransactionRecord record : records) {
            writer.write(record);
            changes += record instanceof Change ? 1 : 0;
        }
        writer.write(new End(two.clock.instant(), changes));
        return bytes.toByteArray();
    }

    private List<Path> messages() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("hq"))) {
            return files.filter(file -> file.toString().endsWith(".msg")).toList();
        }
    }

    private void turns(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            two.turn(Duration.ofMillis(300));
        }
    }
}
