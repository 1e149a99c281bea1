// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.invitation.Guest;
import dev.waybill.invitation.Host;
import dev.waybill.invitation.Invitation;
import dev.waybill.link.FaultyLink;
import dev.waybill.link.LinkFactory;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageKind;
import dev.waybill.message.Seal;
import dev.waybill.publication.Administration;
import dev.waybill.seal.Invited;
import dev.waybill.seal.KeyRing;
import dev.waybill.seal.TrustedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office that invites, an empty database that joins, and an attacker at the folder between them. */
class InvitationTest {

    private static final MessageCodec PLAIN = new MessageCodec(MessageBounds.of(100_000));
    private static final Duration VALID = Duration.ofDays(7);

    @TempDir
    Path temp;

    private final VirtualClock clock = new VirtualClock();
    private final List<Site> sites = new ArrayList<>();
    private final List<String> quarantined = new ArrayList<>();
    private Path folder;
    private Site hq;

    @BeforeEach
    void aHeadOfficeWithSomethingToGive() throws Exception {
        folder = temp.resolve("folder");
        hq = site("hq", "hq-keys", links -> links);
        hq.say(Site.CREATE_ITEM, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + folder + "'", "SET REMOTE FILE OPTION signature = 'required'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR branch");
        hq.insert(1, "one");
        ring("hq").make("hq");
    }

    @AfterEach
    void close() throws Exception {
        for (Site site : sites) {
            site.close();
        }
    }

    @Test
    void anEmptyDatabaseJoinsAndIsFilledOverTheLink() throws Exception {
        Site branch = joined("branch", invite());
        converge(branch);
        TrustedKey key = ring("branch").read().ownOf("branch").get(0);
        assertThat(ring("hq").read().trusted()).containsExactly(key);
        assertThat(ring("hq").read().invited()).singleElement().satisfies(used -> assertThat(used.done()).isTrue());
        settle(branch);
        assertThat(ring("branch").read().joining()).as("has done its work").isEmpty();
        assertThat(hq.rows("SELECT what, subject, CASE WHEN after LIKE '%" + key.id() + "%' THEN 'key' END FROM waybill.audit ORDER BY audit_id")).isEqualTo("INVITE|branch|null\nJOIN|branch|key\n");
        assertThat(branch.rows("SELECT what, subject FROM waybill.audit")).contains("JOIN|hq");
        assertThat(quarantined).isEmpty();
        hq.insert(2, "two");
        converge(branch);
        settle(branch);
        assertThat(hq.rows("SELECT state FROM waybill.subscription")).isEqualTo("STARTED\n");
    }

    @Test
    void theSecretIsInFilesOfTheirOwnersAndNowhereElse() throws Exception {
        Invitation invitation = invite();
        Path file = temp.resolve("branch.invitation");
        invitation.write(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThatThrownBy(() -> invitation.write(file)).isInstanceOf(IOException.class).hasMessageContaining("already");
        String secret = invitation.secret().text();
        assertThat(Files.readString(file)).contains(secret);
        Invitation read = Invitation.read(file);
        assertThat(read).isEqualTo(invitation);
        assertThat(invitation.toString() + invitation.secret()).doesNotContain(secret);
        Site branch = joined("branch", read);
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 100 && !isEqual(branch); i++) {
            hq.turn();
            branch.turn();
            all.addAll(messages("hq"));
            clock.pass(Duration.ofMillis(300));
        }
        assertThat(isEqual(branch)).isTrue();
        assertThat(all).isNotEmpty().noneMatch(bytes -> new String(bytes, StandardCharsets.ISO_8859_1).contains(secret));
        assertThat(hq.rows("SCRIPT") + branch.rows("SCRIPT")).doesNotContain(secret);
        for (String ring : List.of("hq-keys", "branch-keys")) {
            try (Stream<Path> files = Files.list(temp.resolve(ring))) {
                assertThat(files.filter(each -> each.toString().matches(".*\\.(invited|joining)"))).allSatisfy(each -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each))).isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void anInvitationThatOthersCouldReadOrThatWasAlteredIsNotUsed() throws Exception {
        Path file = temp.resolve("branch.invitation");
        invite().write(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> Invitation.read(file)).isInstanceOf(IOException.class).hasMessageContaining("INVITATION_FILE").hasMessageContaining("chmod 600");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        String text = Files.readString(file);
        for (String altered : List.of(text.replace("waybill invitation 1", "waybill invitation 2"), text.replace("guest: branch", "guest: ../branch"), text + "more: 1\n", text.replaceAll("secret: .*", "secret: !"), text.replaceAll("secret: .*", ""))) {
            Files.writeString(file, altered);
            assertThatThrownBy(() -> Invitation.read(file)).isInstanceOf(IOException.class).hasMessageContaining("INVITATION_FILE");
        }
    }

    @Test
    void whoHasTheFileAfterItEndedIsNotLetIn() throws Exception {
        Invitation invitation = invite();
        Site branch = joined("branch", invitation);
        clock.pass(VALID);
        turns(branch, 20);
        assertNobodyCameIn();
        assertThat(quarantined).isNotEmpty().allMatch(reason -> reason.contains("it was good until"));
        assertThatThrownBy(() -> joined("late", invitation)).hasMessageContaining("INVITATION_FILE").hasMessageContaining("good until");
    }

    @Test
    void anInvitationThatWasTakenBackIsWorthNothing() throws Exception {
        Invitation invitation = invite();
        Site branch = joined("branch", invitation);
        assertThat(ring("hq").remove(invitation.id())).containsExactly(invitation.id());
        turns(branch, 20);
        assertNobodyCameIn();
        assertThat(quarantined).isNotEmpty().allMatch(reason -> reason.contains("was not given here, or was taken back"));
    }

    /** Every bit of the first word is under the proof: another key, another name, another incarnation are other bits. */
    @Test
    void aFirstWordThatWasForgedOrAlteredIsNotBelieved() throws Exception {
        Site branch = joined("branch", invite());
        branch.turn();
        byte[] hello = messages("hq").get(0);
        clear("hq");
        Message message = PLAIN.decode(hello);
        Envelope envelope = message.envelope();
        ring("thief").make("branch");
        String thiefs = KeyRing.export(ring("thief").read().ownOf("branch").get(0));
        Seal borrowed = borrowed(PLAIN.peek(hello).signature(), null);
        Envelope bare = without(envelope);
        put("hq", PLAIN.encode(new Message(bare.announcing(thiefs), new byte[0]), List.of(), borrowed));
        put("hq", PLAIN.encode(new Message(renamed(envelope, "hq2", envelope.senderIncarnation()), new byte[0]), List.of(), borrowed));
        put("hq", PLAIN.encode(new Message(renamed(envelope, "branch", UUID.randomUUID()), new byte[0]), List.of(), borrowed));
        put("hq", PLAIN.encode(new Message(bare.announcing(thiefs), new byte[0]), List.of(), borrowed(new Seal.Signature(Seal.INVITATION, "000000000000000000000000", 0, new byte[32]), null)));
        for (int i = 0; i < 40; i++) {
            hq.turn();
            clock.pass(Duration.ofSeconds(2));
        }
        assertNobodyCameIn();
        assertThat(quarantined).hasSize(4).anyMatch(reason -> reason.contains("altered, or forged")).anyMatch(reason -> reason.contains("was not given here"));
        converge(branch);
        assertThat(ring("hq").read().trusted()).extracting(TrustedKey::id).containsExactly(ring("branch").read().ownOf("branch").get(0).id());
    }

    /** Who was invited under one name, and has its secret, does not become another. */
    @Test
    void anInvitationForOneNameIsNoneForAnother() throws Exception {
        hq.say("GRANT REMOTE TO rich TYPE FILE ADDRESS 'rich' SEND EVERY '00:00:00'", "CREATE SUBSCRIPTION TO stock FOR rich");
        Invitation mine = invite();
        Invitation others = new Invitation(mine.id(), mine.host(), mine.incarnation(), "rich", mine.until(), mine.type(), mine.hostAddress(), "rich", mine.send(), mine.options(), mine.keys(), mine.secret(), null);
        Site rich = joined("rich", others);
        turns(rich, 20);
        assertNobodyCameIn();
        assertThat(quarantined).isNotEmpty().allMatch(reason -> reason.contains("it is good for a hello of branch"));
    }

    /** The proof is of a hello that says nothing but who he is; who has the secret says no more by it. */
    @Test
    void whoHasTheSecretCanSayNothingElseByIt() throws Exception {
        Invitation invitation = invite();
        Site branch = joined("branch", invitation);
        branch.turn();
        Message hello = PLAIN.decode(messages("hq").get(0));
        clear("hq");
        Envelope said = hello.envelope();
        Seal thief = proof(invitation);
        for (MessageKind kind : List.of(MessageKind.CONFIRMATION, MessageKind.RESEND_REQUEST, MessageKind.HEARTBEAT, MessageKind.DATA)) {
            put("hq", PLAIN.encode(new Message(of(kind, said), new byte[0]), List.of(), thief));
        }
        put("hq", PLAIN.encode(new Message(said, new byte[] {1, 2, 3}), List.of(), thief));
        for (int i = 0; i < 20; i++) {
            hq.turn();
            clock.pass(Duration.ofMillis(300));
        }
        assertNobodyCameIn();
        assertThat(quarantined).hasSize(5).allMatch(reason -> reason.contains("alone, which this is not"));
    }

    @Test
    void usedTwiceItLetsTheFirstInAndSaysSo() throws Exception {
        Invitation invitation = invite();
        Site branch = joined("branch", invitation);
        converge(branch);
        settle(branch);
        TrustedKey first = ring("hq").read().trusted().get(0);
        String before = hq.rows("SELECT incarnation FROM waybill.remote_user");
        Site second = joined("second", invitation);
        second.turn();
        for (int i = 0; i < 5; i++) {
            hq.turn();
            clock.pass(Duration.ofMillis(300));
        }
        assertThat(quarantined).hasSize(1).allMatch(reason -> reason.contains("it was used before, by another key or another database"));
        assertThat(ring("hq").read().trusted()).containsExactly(first);
        assertThat(hq.rows("SELECT incarnation FROM waybill.remote_user")).isEqualTo(before);
    }

    @Test
    void bothInOneLookAreJudgedOneAfterTheOther() throws Exception {
        Invitation invitation = invite();
        joined("branch", invitation).turn();
        joined("second", invitation).turn();
        for (int i = 0; i < 10; i++) {
            hq.turn();
            clock.pass(Duration.ofMillis(300));
        }
        assertThat(ring("hq").read().trusted()).hasSize(1);
        assertThat(quarantined).isNotEmpty().allMatch(reason -> reason.contains("it was used before"));
        UUID taken = ring("hq").read().invited().get(0).guestIncarnation();
        assertThat(hq.rows("SELECT incarnation FROM waybill.remote_user").strip()).as("key and database are the same one's").isEqualTo(taken.toString());
    }

    @Test
    void theFirstWordSaidAgainChangesNothing() throws Exception {
        Site branch = joined("branch", invite());
        branch.turn();
        byte[] hello = messages("hq").get(0);
        converge(branch);
        settle(branch);
        String state = state(branch);
        for (int i = 0; i < 5; i++) {
            put("hq", hello);
            turns(branch, 3);
        }
        assertThat(state(branch)).isEqualTo(state);
        assertThat(quarantined).isEmpty();
        ring("hq").remove(ring("hq").read().trusted().get(0).id());
        clock.pass(Duration.ofSeconds(2));
        put("hq", hello);
        hq.turn();
        assertThat(ring("hq").read().trusted()).as("a key that was taken off does not come back").isEmpty();
        assertThat(quarantined).anyMatch(reason -> reason.contains("not trusted any more"));
    }

    /** Each costs one look at a name and at most one HMAC, is put aside within the quarantine's bound, and nothing of it is remembered. */
    @Test
    void aFloodOfFirstWordsHindersNobody() throws Exception {
        Invitation invitation = invite();
        Site branch = joined("branch", invitation);
        branch.turn();
        byte[] hello = messages("hq").get(0);
        Envelope bare = without(PLAIN.decode(hello).envelope());
        ring("thief").make("branch");
        String thiefs = KeyRing.export(ring("thief").read().ownOf("branch").get(0));
        for (int i = 0; i < 100; i++) {
            byte[] guess = new byte[32];
            new Random(i).nextBytes(guess);
            String id = i % 2 == 0 ? invitation.id() : "%024x".formatted(i);
            put("hq", PLAIN.encode(new Message(bare.announcing(thiefs), new byte[0]), List.of(), borrowed(new Seal.Signature(Seal.INVITATION, id, 0, guess), null)));
        }
        converge(branch);
        assertThat(ring("hq").read().trusted()).extracting(TrustedKey::id).containsExactly(ring("branch").read().ownOf("branch").get(0).id());
        assertThat(ring("hq").read().invited()).hasSize(1);
        for (int i = 0; i < 50 && quarantined.size() < 100; i++) {
            turns(branch, 1);
        }
        assertThat(quarantined).hasSize(100);
    }

    @Test
    void whatIsLostRepeatedAndLateOnTheWayIsSaidAgain() throws Exception {
        Random random = new Random(7);
        Invitation invitation = invite();
        Site branch = site("branch", "branch-keys", links -> (type, most) -> new FaultyLink(links.open(type, most), new FaultyLink.Rates(0.3, 0.3, 0.3, 0.1, 3, 0.1, 0.1), random, FaultyLink.FaultHandler.NONE));
        join(branch, "branch", invitation);
        for (int i = 0; i < 2_000 && !isEqual(branch); i++) {
            hq.turn();
            branch.turn();
            clock.pass(Duration.ofMillis(500));
        }
        assertThat(isEqual(branch)).isTrue();
    }

    /** The machine of a branch was lost: who comes by a new invitation is that branch, whatever was exchanged with the former one. */
    @Test
    void aNameThatWasKnownBeforeIsInvitedAgainAndBeginsAnew() throws Exception {
        Site branch = joined("branch", invite());
        converge(branch);
        hq.insert(2, "two");
        converge(branch);
        Files.move(temp.resolve("branch-keys"), temp.resolve("lost-keys"));
        Site again = joined("branch", invite());
        converge(again);
        hq.insert(3, "three");
        converge(again);
        assertThat(again.items()).isEqualTo("1|one|1\n2|two|2\n3|three|3\n");
        assertThat(hq.rows("SELECT what FROM waybill.audit ORDER BY audit_id")).isEqualTo("INVITE\nJOIN\nINVITE\nJOIN\n");
    }

    /** Between any two of: used on the ring, key trusted, subscriptions asked for, done. */
    @Test
    void whatACrashInterruptsIsDoneWhenTheAgentWorksAgain() throws Exception {
        Site branch = joined("branch", invite());
        Path ring = temp.resolve("hq-keys");
        for (String left : List.of("taken", "trusted", "asked")) {
            branch.turn();
            hq.turn();
            hq.turn();
            Invited used = ring("hq").read().invited().get(0);
            assertThat(used.done()).as(left).isTrue();
            Path file = ring.resolve("branch." + used.id() + ".invited");
            hq.restart();
            Files.writeString(file, Files.readString(file).replace("\ndone: yes", ""));
            if (left.equals("taken")) {
                ring("hq").remove(ring("hq").read().trusted().get(0).id());
            }
            if (!left.equals("asked")) {
                hq.say("DROP SUBSCRIPTION TO stock FOR branch", "CREATE SUBSCRIPTION TO stock FOR branch");
            }
            clock.pass(AgentSettings.DEFAULTS.leaseTime().plusSeconds(1));
        }
        converge(branch);
        assertThat(ring("hq").read().trusted()).hasSize(1);
        assertThat(hq.rows("SELECT COUNT(*) FROM waybill.audit WHERE what = 'JOIN'")).isEqualTo("1\n");
    }

    @Test
    void aDatabaseThatIsSomebodyAlreadyDoesNotJoin() throws Exception {
        Site other = site("other", "other-keys", links -> links);
        other.say("GRANT PUBLISH TO somebody");
        assertThatThrownBy(() -> join(other, "other", invite())).isInstanceOf(SQLException.class).hasMessageContaining("INVITATION_PLACE").hasMessageContaining("somebody");
        assertThat(temp.resolve("other-keys")).doesNotExist();
    }

    @Test
    void whoIsNotKnownOrNeedsNoKeysIsNotInvited() throws Exception {
        assertThatThrownBy(() -> host().place("nobody")).hasMessageContaining("INVITATION_WHOM").hasMessageContaining("GRANT REMOTE");
        hq.say("SET REMOTE FILE OPTION signature = 'off'");
        assertThatThrownBy(() -> host().place("branch")).hasMessageContaining("INVITATION_WHOM").hasMessageContaining("signatures are off");
    }

    private Host host() {
        return new Host(hq.application, hq.dialect, ring("hq"), clock, new SecureRandom());
    }

    private Invitation invite() throws Exception {
        Host host = host();
        return host.invite(host.place("branch"), VALID, Map.of(), null);
    }

    private Site joined(String name, Invitation invitation) throws Exception {
        Site site = site(name, name + "-keys", links -> links);
        join(site, name, invitation);
        return site;
    }

    private void join(Site site, String name, Invitation invitation) throws Exception {
        new Guest(new Administration(site.application, site.dialect, site.board, clock, false, Duration.ofSeconds(5)), ring(name)).join(invitation, Map.of());
    }

    private Site site(String name, String keys, UnaryOperator<LinkFactory> links) throws Exception {
        Site site = new Site("jdbc:h2:mem:" + name + UUID.randomUUID(), clock, links.apply(LinkFactory.standard(clock, new Random(name.hashCode()), Site::daemon)), name.hashCode()).with(AgentSettings.DEFAULTS.withKeys(temp.resolve(keys)));
        if (name.equals("hq")) {
            site.with(new AgentEvents() {
                @Override
                public void quarantined(String link, String message, String reason) {
                    quarantined.add(reason);
                }
            });
        }
        sites.add(site);
        return site;
    }

    private KeyRing ring(String whose) {
        return new KeyRing(temp.resolve(whose + "-keys"), clock);
    }

    private void turns(Site branch, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            hq.turn();
            branch.turn();
            clock.pass(Duration.ofMillis(300));
        }
    }

    private void converge(Site branch) throws Exception {
        for (int i = 0; i < 400 && !isEqual(branch); i++) {
            turns(branch, 1);
        }
        assertThat(isEqual(branch)).as(hq.rows("SELECT user_name, state, state_reason, receive_state, receive_reason FROM waybill.remote_user") + hq.rows("SELECT * FROM waybill.subscription") + quarantined).isTrue();
    }

    /** All is confirmed and said, and the invitation has done its work at both ends. */
    private void settle(Site branch) throws Exception {
        for (int i = 0; i < 400 && !isSettled(); i++) {
            turns(branch, 1);
        }
        assertThat(isSettled()).isTrue();
        turns(branch, 3);
    }

    private boolean isSettled() throws Exception {
        String said = hq.rows("SELECT CASE WHEN confirm_sent = log_sent AND log_scanned = (SELECT log_offset FROM waybill.journal_head) THEN 1 ELSE 0 END FROM waybill.remote_user");
        return said.equals("1\n") && hq.rows("SELECT state FROM waybill.subscription").equals("STARTED\n") && ring("branch").read().joining().isEmpty();
    }

    private boolean isEqual(Site branch) throws Exception {
        boolean there = !branch.rows("SELECT 1 FROM information_schema.tables WHERE upper(table_name) = 'ITEM'").isEmpty();
        return there && hq.items().equals(branch.items());
    }

    private void assertNobodyCameIn() throws Exception {
        assertThat(ring("hq").read().trusted()).isEmpty();
        assertThat(ring("hq").read().invited()).allMatch(invited -> invited.guestIncarnation() == null);
        assertThat(hq.rows("SELECT state, COUNT(*) FROM waybill.subscription GROUP BY state")).startsWith("CREATED|");
        assertThat(hq.rows("SELECT COUNT(*) FROM waybill.audit WHERE what = 'JOIN'")).isEqualTo("0\n");
    }

    private String state(Site branch) throws Exception {
        String query = "SELECT user_name, incarnation, log_sent, confirm_sent, log_received, log_scanned, resend_count, rereceive_count FROM waybill.remote_user";
        return hq.rows(query) + branch.rows(query) + hq.rows("SELECT state FROM waybill.subscription") + hq.rows("SELECT COUNT(*) FROM waybill.audit") + branch.items();
    }

    private List<byte[]> messages(String mailbox) throws Exception {
        List<byte[]> all = new ArrayList<>();
        if (Files.isDirectory(folder.resolve(mailbox))) {
            try (Stream<Path> files = Files.list(folder.resolve(mailbox))) {
                for (Path file : files.filter(each -> each.toString().endsWith(".msg")).sorted().toList()) {
                    try {
                        all.add(Files.readAllBytes(file));
                    } catch (NoSuchFileException taken) {
                        continue; // its recipient's agent deletes beside its turns
                    }
                }
            }
        }
        return all;
    }

    private void clear(String mailbox) throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve(mailbox))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".msg")).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void put(String mailbox, byte[] bytes) throws Exception {
        Files.write(Files.createDirectories(folder.resolve(mailbox)).resolve(UUID.randomUUID() + ".msg"), bytes);
    }

    private static Envelope without(Envelope from) {
        return copy(from.kind(), from, from.sender(), from.senderIncarnation(), List.of());
    }

    private static Envelope renamed(Envelope from, String sender, UUID incarnation) {
        return copy(from.kind(), from, sender, incarnation, from.extensions());
    }

    private static Envelope of(MessageKind kind, Envelope from) {
        return copy(kind, from, from.sender(), from.senderIncarnation(), from.extensions());
    }

    private static Envelope copy(MessageKind kind, Envelope from, String sender, UUID incarnation, List<Envelope.Extension> extensions) {
        return new Envelope(kind, sender, from.recipient(), incarnation, from.recipientIncarnation(), UUID.randomUUID(), from.header(), from.prevDigest(), from.confirmation(), from.resendRequest(), from.head(), from.sentAt(), null, from.limits(),
                extensions);
    }

    /** A proof that is of nothing that it stands under, or (with an invitation) a right one. */
    private static Seal borrowed(Seal.Signature from, Invitation invitation) {
        return new Seal() {
            @Override
            public int scheme() {
                return from.scheme();
            }

            @Override
            public String keyId() {
                return from.keyId();
            }

            @Override
            public byte[] sign(byte[] message, int length) {
                return invitation == null ? from.content() : mac(invitation, Arrays.copyOf(message, length));
            }
        };
    }

    private static Seal proof(Invitation invitation) {
        return borrowed(new Seal.Signature(Seal.INVITATION, invitation.id(), 0, new byte[0]), invitation);
    }

    private static byte[] mac(Invitation invitation, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(invitation.secret().text()), "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
