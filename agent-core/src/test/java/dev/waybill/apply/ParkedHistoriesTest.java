// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionWriter;
import dev.waybill.dialect.Dialect;
import dev.waybill.journal.LogOffset;
import dev.waybill.publication.PoisonPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** R12, PARK: whatever a source executes, whatever the replica refuses meanwhile, and however often its agent begins anew: once nothing is refused and every letter is retried, the replica equals the source. */
class ParkedHistoriesTest {

    private static final String[] REFUSALS = {"parent ADD CONSTRAINT refused CHECK (id <> 3) NOCHECK", "parent ADD CONSTRAINT refused CHECK (v <> 1) NOCHECK", "child ADD CONSTRAINT refused CHECK (code <> 'c1') NOCHECK",
        "child ADD CONSTRAINT refused CHECK (id < 5) NOCHECK", "grandchild ADD CONSTRAINT refused CHECK (n <> 2) NOCHECK", "employee ADD CONSTRAINT refused CHECK (boss <> 4) NOCHECK"};

    @Property(tries = 25)
    void whenEveryLetterIsRetriedTheReplicaEqualsTheSource(@ForAll long seed) throws Exception {
        run(seed, DeadLetters::new);
    }

    /** The rule broken in one place at a time: a history that shows it must be among the first. */
    @Test
    void aBrokenRuleIsFound() {
        Map<String, Function<Dialect, DeadLetters>> mutants = Map.of(
                "R12 nothing waits behind what is parked", dialect -> new DeadLetters(dialect) {
                    @Override
                    Long inTheWay(Connection raw, String sender, LogOffset before, Map<Long, Boolean> tokens) {
                        return null;
                    }
                },
                "R12 rows that are only referred to are not looked at", dialect -> new DeadLetters(dialect) {
                    @Override
                    Long inTheWay(Connection raw, String sender, LogOffset before, Map<Long, Boolean> tokens) throws SQLException {
                        return super.inTheWay(raw, sender, before, tokens.entrySet().stream().filter(Map.Entry::getValue).collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
                    }
                },
                "R12 what is parked is forgotten", dialect -> new DeadLetters(dialect) {
                    @Override
                    boolean anyParked(Connection raw, String sender) {
                        return false;
                    }
                },
                "R12 what waits is left out instead", dialect -> new DeadLetters(dialect) {
                    @Override
                    void add(Connection raw, String sender, ReceivedTransaction transaction, DeadLetter.State state, Long behind, String reason, Footprint footprint) throws SQLException {
                        if (behind == null) {
                            super.add(raw, sender, transaction, state, null, reason, footprint);
                        }
                    }
                });
        mutants.forEach((rule, mutant) -> assertThat(LongStream.rangeClosed(1, 40).anyMatch(seed -> finds(seed, mutant))).as("found within 40 histories: %s", rule).isTrue());
    }

    private static boolean finds(long seed, Function<Dialect, DeadLetters> mutant) {
        try {
            run(seed, mutant);
            return false;
        } catch (Exception | AssertionError found) {
            return true;
        }
    }

    private static void run(long seed, Function<Dialect, DeadLetters> letters) throws Exception {
        Random random = new Random(seed);
        try (TestDatabase source = new TestDatabase(); TestDatabase replica = new TestDatabase()) {
            source.execute(AppliedHistoriesTest.TABLES);
            replica.execute(AppliedHistoriesTest.TABLES);
            replica.execute("INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency) VALUES ('hq', 'Y', 'FILE', 'hq', 'B')");
            List<ReceivedTransaction> history = AppliedHistoriesTest.history(source, random).stream().map(ParkedHistoriesTest::withKeysOnlyOfDeletedRows).toList();
            refuseAndApply(replica, history, random, letters);
            retryAll(replica);
            assertThat(replica.number("SELECT COUNT(*) FROM waybill.dead_letter")).isZero();
            assertThat(replica.text("SELECT diverged_reason FROM waybill.remote_user")).isNull();
            for (String table : List.of("parent", "child", "grandchild", "employee")) {
                assertThat(Contents.of(replica.connection(), "SELECT * FROM " + table)).as(table).isEqualTo(Contents.of(source.connection(), "SELECT * FROM " + table));
            }
        }
    }

    private static void refuseAndApply(TestDatabase replica, List<ReceivedTransaction> history, Random random, Function<Dialect, DeadLetters> letters) throws SQLException {
        String refusal = REFUSALS[random.nextInt(REFUSALS.length)];
        String table = refusal.substring(0, refusal.indexOf(' '));
        int from = random.nextInt(history.size());
        int to = from + 1 + random.nextInt(20);
        Applier applier = new Applier(replica.dialect(), ApplyLimits.USUAL, letters.apply(replica.dialect()));
        for (int done = 0; done < history.size();) {
            replica.connection().setAutoCommit(true);
            replica.execute("ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS refused");
            if (done >= from && done < to) {
                replica.execute("ALTER TABLE " + refusal);
            }
            replica.connection().setAutoCommit(false);
            applier = random.nextInt(4) == 0 ? new Applier(replica.dialect(), ApplyLimits.USUAL, letters.apply(replica.dialect())) : applier;
            ApplyResult result = applier.apply(replica.connection(), "hq", history.subList(done, Math.min(history.size(), done + 1 + random.nextInt(10))), PoisonPolicy.PARK);
            replica.connection().commit();
            assertThat((Throwable) result.halt()).isNull();
            done += result.transactions();
        }
        replica.connection().setAutoCommit(true);
        replica.execute("ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS refused");
    }

    private static void retryAll(TestDatabase replica) throws SQLException {
        DeadLetterOffice office = new DeadLetterOffice(replica.connection(), replica.dialect(), InstantSource.system());
        DeadLetters letters = new DeadLetters(replica.dialect());
        for (List<DeadLetter> left = letters.list(replica.connection()); !left.isEmpty(); left = letters.list(replica.connection())) {
            assertThat(office.retry(left.get(0).id()).failure()).isNull();
            while (office.release("hq") != null) {
                continue;
            }
        }
    }

    /** What a one-way capture sends of a deleted row. */
    private static ReceivedTransaction withKeysOnlyOfDeletedRows(ReceivedTransaction transaction) {
        try (TransactionReader reader = new TransactionReader(transaction.content().open(null))) {
            List<TransactionRecord> records = new ArrayList<>();
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                records.add(record instanceof Change change && change.operation() == Operation.DELETE ? keyOnly(change) : record);
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            TransactionWriter writer = new TransactionWriter(bytes);
            for (TransactionRecord record : records) {
                writer.write(record);
            }
            return new ReceivedTransaction(transaction.offset(), transaction.digest(), raw -> new ByteArrayInputStream(bytes.toByteArray()));
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Change keyOnly(Change change) {
        Object[] values = new Object[change.table().columns().size()];
        Arrays.fill(values, RowImage.ABSENT);
        change.table().key().forEach(index -> values[index] = change.before().value(index));
        return new Change(change.table(), change.operation(), null, new RowImage(values), null, List.of());
    }
}
