// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.seal.KeyRing.KeyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTest {

    @TempDir
    Path temp;

    private Instant now = Instant.parse("2026-11-22T15:00:00Z");

    @Test
    void aKeyIsMadeShownAndTrustedWithoutItsSecretHalves() throws Exception {
        KeyRing hq = ring("hq");
        TrustedKey made = hq.make("hq");
        String shown = KeyRing.export(hq.read().ownOf("hq").get(0));
        assertThat(shown).doesNotContain("sign:").doesNotContain("decrypt:").contains(made.id());
        KeyRing branch = ring("branch");
        assertThat(branch.trust(shown, Duration.ofDays(30))).isEqualTo(made);
        assertThat(branch.read().acceptedOf("hq", now)).containsExactly(made.id());
        assertThat(branch.read().acceptedOf("branch", now)).isEmpty();
    }

    @Test
    void secretHalvesCanBeReadByTheirOwnerAloneOrAreRefused() throws Exception {
        ring("hq").make("hq");
        Path file = only("hq");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("hq")))).isEqualTo("rwx------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> ring("hq").read()).isInstanceOf(KeyException.class).hasMessageContaining("SEAL_KEY").hasMessageContaining(file.toString()).hasMessageContaining("chmod 600");
    }

    @Test
    void aRingToWhichEverybodyMayWriteIsNotBelieved() throws Exception {
        ring("hq").make("hq");
        Files.setPosixFilePermissions(temp.resolve("hq"), PosixFilePermissions.fromString("rwx----w-"));
        assertThatThrownBy(() -> ring("hq").read()).isInstanceOf(KeyException.class).hasMessageContaining("SEAL_RING").hasMessageContaining("chmod o-w");
    }

    /** What a verified message announces is believed only as far as it goes. */
    @Test
    void aKeyFollowsAnotherOfItsOwnPublisherThatIsOlderAndTrusted() throws Exception {
        TrustedKey first = ring("hq").make("hq");
        now = now.plusSeconds(10);
        TrustedKey second = ring("hq").make("hq");
        TrustedKey stranger = ring("stranger").make("branch2");
        ring("branch").trust(KeyRing.export(second), Duration.ofDays(30));
        KeyBook book = ring("branch").read();
        assertThat(book.mayFollow(first, second.id(), now)).as("older than what announces it").isFalse();
        assertThat(book.mayFollow(second, second.id(), now)).as("there already").isFalse();
        assertThat(book.mayFollow(stranger, second.id(), now)).as("another's").isFalse();
        now = now.plusSeconds(10);
        TrustedKey third = ring("hq").make("hq");
        assertThat(book.mayFollow(third, first.id(), now)).as("announced by one that is not trusted").isFalse();
        assertThat(book.mayFollow(third, second.id(), now)).isTrue();
        ring("branch").follow(third, second.id(), Duration.ofDays(30));
        assertThat(ring("branch").remove(third.id())).containsExactly(third.id());
        assertThat(ring("branch").isForgotten(third)).isTrue();
        ring("branch").trust(KeyRing.export(third), Duration.ofDays(30));
        assertThat(ring("branch").isForgotten(third)).as("a person brought it").isFalse();
        assertThat(KeyRing.export(third)).doesNotContain("by:");
    }

    @Test
    void twoRingsInOneHandAreIntroducedAndToDoItAgainChangesNothing() throws Exception {
        KeyRing hq = ring("hq");
        KeyRing branch = ring("branch");
        TrustedKey made = hq.make("hq");
        KeyRing.Introduction both = hq.introduce("hq", branch, "branch", Duration.ofDays(30));
        assertThat(both.mine()).as("the key that was there").isEqualTo(made);
        assertThat(branch.read().trusted()).containsExactly(made);
        assertThat(branch.read().own()).containsExactly(both.theirs());
        assertThat(hq.read().trusted()).containsExactly(both.theirs());
        String before = hq.look() + branch.look();
        now = now.plusSeconds(10);
        assertThat(branch.introduce("branch", hq, "hq", Duration.ofDays(30))).isEqualTo(new KeyRing.Introduction(both.theirs(), both.mine()));
        assertThat(hq.look() + branch.look()).isEqualTo(before);
    }

    @Test
    void anotherKeyIsIntroducedBesideTheOneThatIsTrustedForAWhile() throws Exception {
        TrustedKey first = ring("hq").introduce("hq", ring("branch"), "branch", Duration.ofDays(30)).mine();
        now = now.plusSeconds(10);
        TrustedKey second = ring("hq").make("hq");
        ring("hq").introduce("hq", ring("branch"), "branch", Duration.ofDays(30));
        assertThat(ring("branch").read().acceptedOf("hq", now)).containsExactly(first.id(), second.id());
        assertThat(ring("branch").read().acceptedOf("hq", now.plus(Duration.ofDays(31)))).containsExactly(second.id());
        assertThat(ring("hq").read().trusted()).as("the other's did not change, and does not end").allMatch(key -> key.until() == null);
    }

    @Test
    void oneRingForTwoDatabasesIsIntroducedToItself() throws Exception {
        KeyRing.Introduction both = ring("machine").introduce("hq", ring("machine"), "branch", Duration.ofDays(30));
        KeyBook book = ring("machine").read();
        assertThat(book.own()).containsExactlyInAnyOrder(both.mine(), both.theirs());
        assertThat(book.acceptedOf("hq", now)).containsExactly(both.mine().id());
        assertThat(book.acceptedOf("branch", now)).containsExactly(both.theirs().id());
    }

    @Test
    void halvesOfTwoKeysAreNoKey() throws Exception {
        ring("one").make("hq");
        ring("two").make("hq");
        String one = Files.readString(only("one"));
        String two = Files.readString(only("two"));
        for (String half : List.of("sign: ", "decrypt: ")) {
            Files.writeString(only("one"), one.replace(line(one, half), line(two, half)));
            assertThatThrownBy(() -> ring("one").read()).as(half).isInstanceOf(KeyException.class).hasMessageContaining("altered");
        }
    }

    @Test
    void errorsNeverShowWhatIsInAFile() throws Exception {
        ring("hq").make("hq");
        Path file = only("hq");
        String text = Files.readString(file);
        String secret = text.substring(text.indexOf("sign: ") + 6).lines().findFirst().orElseThrow();
        for (String broken : List.of(text.replace("sign: ", "sigm: "), text.replace(secret, secret + "?"), text.replace(secret, "AAAA"), text.replace("made: ", "made: x"))) {
            Files.writeString(file, broken);
            assertThatThrownBy(() -> ring("hq").read()).isInstanceOf(KeyException.class).satisfies(refused -> assertThat(refused.getMessage()).doesNotContain(secret));
        }
        assertThat(OwnKey.make("hq", now).toString()).doesNotContain("PrivateKey").contains("own key");
    }

    @Test
    void aKeyThatWasAlteredOrHoldsSecretsOrHasAPathForANameIsNotImported() throws Exception {
        KeyRing hq = ring("hq");
        String own = KeyRing.export(hq.make("hq"));
        String other = KeyRing.export(hq.make("hq"));
        String mixed = own.replace(line(own, "verify: "), line(other, "verify: "));
        for (String refused : List.of(mixed, own.replace("publisher: hq", "publisher: ../../hq"), own.replace("publisher: hq", "publisher: hq\npublisher: branch"), own + "until: soon\n", own + "more: x\n", "", "waybill key 2\n" + own,
                Files.readString(first("hq", ".key")))) {
            assertThatThrownBy(() -> ring("branch").trust(refused, Duration.ZERO)).as(refused).isInstanceOf(KeyException.class);
        }
        assertThat(temp.resolve("branch")).doesNotExist();
    }

    @Test
    void theOldKeyIsTrustedForAPeriodBesideTheNewOne() throws Exception {
        KeyRing hq = ring("hq");
        KeyRing branch = ring("branch");
        String old = branch.trust(KeyRing.export(hq.make("hq")), Duration.ofDays(30)).id();
        now = now.plus(Duration.ofHours(1));
        String fresh = branch.trust(KeyRing.export(hq.make("hq")), Duration.ofDays(30)).id();
        assertThat(branch.read().acceptedOf("hq", now.plus(Duration.ofDays(29)))).containsExactly(old, fresh);
        assertThat(branch.read().acceptedOf("hq", now.plus(Duration.ofDays(30)))).containsExactly(fresh);
        branch.trust(KeyRing.export(hq.make("hq")), Duration.ofDays(90));
        assertThat(branch.read().acceptedOf("hq", now.plus(Duration.ofDays(31)))).as("an end that was said is not put off").doesNotContain(old);
    }

    @Test
    void aNeighbourIsWrittenToWithTheNewestKeyThatHeTrusts() throws Exception {
        KeyRing hq = ring("hq");
        String old = hq.make("hq").id();
        now = now.plusSeconds(1);
        String fresh = hq.make("hq").id();
        KeyBook book = hq.read();
        assertThat(book.signing("hq", null)).map(key -> key.shown().id()).as("not heard yet").contains(old);
        assertThat(book.signing("hq", List.of(old))).map(key -> key.shown().id()).contains(old);
        assertThat(book.signing("hq", List.of(fresh, old))).map(key -> key.shown().id()).contains(fresh);
        assertThat(book.signing("hq", List.of("gone"))).map(key -> key.shown().id()).as("nothing helps but the newest").contains(fresh);
        assertThat(book.signing("branch", null)).isEmpty();
    }

    @Test
    void aRunningAgentSeesKeysComeAndGoAndKeepsTheLastOnesWhileTheRingIsBroken() throws Exception {
        Keys keys = new Keys(temp.resolve("branch"), () -> now);
        assertThat(keys.refresh()).contains("SEAL_RING");
        now = now.plusSeconds(2);
        String id = ring("branch").trust(KeyRing.export(ring("hq").make("hq")), Duration.ZERO).id();
        assertThat(keys.refresh()).isNull();
        assertThat(keys.acceptedOf("hq")).containsExactly(id);
        Files.writeString(temp.resolve("branch").resolve("hq.broken.pub"), "garbage");
        now = now.plusSeconds(2);
        assertThat(keys.refresh()).contains("hq.broken.pub");
        assertThat(keys.acceptedOf("hq")).containsExactly(id);
        ring("branch").remove("broken");
        ring("branch").remove(id);
        now = now.plusSeconds(2);
        assertThat(keys.refresh()).isNull();
        assertThat(keys.acceptedOf("hq")).isEmpty();
    }

    private KeyRing ring(String of) {
        return new KeyRing(temp.resolve(of), () -> now);
    }

    private static String line(String text, String beginning) {
        return text.lines().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow();
    }

    private Path only(String ring) throws Exception {
        return first(ring, "");
    }

    private Path first(String ring, String ending) throws Exception {
        try (Stream<Path> files = Files.list(temp.resolve(ring))) {
            return files.filter(file -> file.toString().endsWith(ending)).findFirst().orElseThrow();
        }
    }
}
