// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.waybill.change.TransactionWriter;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Boards;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.PoisonPolicy;
import dev.waybill.rights.Rights;
import dev.waybill.statement.WaybillStatement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a branch may do to the rows of a table of which it has some: those of territory north with fewer than 90 visits. It writes into its messages whatever it likes, images of before included. Row 1 is its own, row 2 is another's
 * (south), row 3 has too many visits; rows 4 to 8 are its own again.
 */
class AnothersRowsTest {

    private static final Object ABSENT = RowImage.ABSENT;
    private static final List<String> COLUMNS = List.of("id", "territory", "name", "visits", "code", "secret");

    private TestDatabase hq;
    private Applier applier;
    private TableShape customer;
    private long offset;

    @BeforeEach
    void open() throws SQLException {
        hq = newHeadOffice();
        hq.execute("CREATE TABLE customer (id INT PRIMARY KEY, territory VARCHAR(20)" + exact() + " NOT NULL, name VARCHAR(100), visits INT DEFAULT 0 NOT NULL, code INT UNIQUE, secret VARCHAR(100))");
        say("GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'",
                "CREATE PUBLICATION sales (TABLE customer (id, territory, name, visits, code) WHERE visits < 90 SUBSCRIBE BY territory)", "CREATE SUBSCRIPTION TO sales ('north') FOR branch");
        hq.execute("INSERT INTO customer VALUES (1, 'north', 'mine', 1, 101, 's'), (2, 'south', 'hers', 1, 102, 's'), (3, 'north', 'tired', 95, 103, 's')");
        for (int id = 4; id <= 8; id++) {
            hq.execute("INSERT INTO customer VALUES (" + id + ", 'north', 'mine', 1, 10" + id + ", 's')");
        }
        applier = new Applier(hq.dialect(), Runnable::run, (raw, sender) -> Rights.of(CatalogueStore.load(raw, hq.dialect()), sender));
        customer = hq.dialect().describe(hq.connection(), schema(), hq.dialect().fold("customer")).shape();
        hq.connection().setAutoCommit(false);
    }

    TestDatabase newHeadOffice() throws SQLException {
        return new TestDatabase();
    }

    /** Of a text that is compared exactly. */
    String exact() {
        return "";
    }

    String schema() throws SQLException {
        return hq.dialect().fold("public");
    }

    @AfterEach
    void close() throws SQLException {
        hq.close();
    }

    @Test
    void itsOwnRowsAreChangedInEveryWay() throws Exception {
        apply(update(image(1, ABSENT, "new", ABSENT)), insert(image(9, "north", "ninth", 0)), update(image(9, ABSENT, "later", 89)), delete(4), newKey(5, 50, ABSENT), upsert(image(6, "north", "upset", 2)), upsert(image(10, "north", "ten", 2)));
        assertThat(rows()).containsExactly("1|north|new|1", "2|south|hers|1", "3|north|tired|95", "6|north|upset|2", "7|north|mine|1", "8|north|mine|1", "9|north|later|89", "10|north|ten|2", "50|north|mine|1");
    }

    @Test
    void aBacklogOfItsOwnIsAppliedAlsoWhereRowsComeAgain() throws Exception {
        List<ReceivedTransaction> backlog = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            backlog.add(transaction(insert(image(100 + i, "north", "x", 0)), update(image(1, ABSENT, "n" + i, i)), update(image(100 + i, ABSENT, "y", 1)), delete(100 + i)));
        }
        ApplyResult result = applier.apply(hq.connection(), "branch", backlog);
        hq.connection().commit();
        assertThat(result.transactions()).isEqualTo(40);
        assertThat(rows()).hasSize(8).contains("1|north|n39|39");
    }

    @Test
    void rowsOfItsOwnExchangeUniqueValues() throws Exception {
        RowImage first = new RowImage(new Object[] {7L, ABSENT, ABSENT, ABSENT, 108L, ABSENT});
        RowImage second = new RowImage(new Object[] {8L, ABSENT, ABSENT, ABSENT, 107L, ABSENT});
        apply(update(first), update(second));
        assertThat(hq.number("SELECT code FROM customer WHERE id = 7")).isEqualTo(108);
    }

    @Test
    void anothersRowIsNotUpdated() throws Exception {
        refused(update(image(2, ABSENT, "stolen", ABSENT)));
    }

    @Test
    void anothersRowIsNotUpdatedWhateverTheMessageSaysThatItWas() throws Exception {
        refused(new Change(customer, Operation.UPDATE, null, image(2, "north", "mine", 1), image(2, ABSENT, "stolen", ABSENT), List.of()));
    }

    @Test
    void anothersRowIsNotMadeItsOwn() throws Exception {
        refused(new Change(customer, Operation.UPDATE, null, image(2, "north", "mine", 1), image(2, "north", "stolen", 1), List.of()));
    }

    @Test
    void aRowThatTheConditionLeavesOutIsNotUpdated() throws Exception {
        refused(update(image(3, ABSENT, ABSENT, 5)));
    }

    @Test
    void itsOwnRowIsNotGivenToAnother() throws Exception {
        refused(update(image(1, "south", ABSENT, ABSENT)));
    }

    @Test
    void itsOwnRowIsNotTakenOutOfTheCondition() throws Exception {
        refused(update(image(1, ABSENT, ABSENT, 90)));
    }

    @Test
    void noKeyIsChangedOntoAnothersRow() throws Exception {
        refused(newKey(1, 2, ABSENT));
    }

    @Test
    void noKeyOfAnothersRowIsChanged() throws Exception {
        refused(newKey(2, 20, "north"));
    }

    @Test
    void nothingIsInsertedOverAnothersRow() throws Exception {
        refused(insert(image(2, "north", "stolen", 1)));
    }

    @Test
    void nothingIsPutInThePlaceOfAnothersRow() throws Exception {
        refused(upsert(image(2, "north", "stolen", 1)));
    }

    @Test
    void nothingIsInsertedForAnother() throws Exception {
        refused(insert(image(20, "south", "gift", 1)));
    }

    @Test
    void anothersRowIsNotDeleted() throws Exception {
        refused(delete(2));
    }

    @Test
    void anothersRowIsNotDeletedWhateverTheMessageSaysThatItWas() throws Exception {
        refused(new Change(customer, Operation.DELETE, null, image(2, "north", "mine", 1), null, List.of()));
    }

    @Test
    void aTableOfWhichItHasSomeRowsIsNotEmptied() throws Exception {
        refused(new Change(customer, Operation.TRUNCATE, null, null, null, List.of()));
    }

    @Test
    void oneTransactionDoesNotMakeARowAndGiveItAway() throws Exception {
        refused(insert(image(20, "north", "mine", 1)), update(image(20, "south", ABSENT, ABSENT)));
    }

    @Test
    void twoTransactionsDoNotBorrowARow() throws Exception {
        List<ReceivedTransaction> both = List.of(transaction(update(image(1, "south", ABSENT, ABSENT))), transaction(update(image(1, "north", ABSENT, ABSENT))));
        assertThatThrownBy(() -> applier.apply(hq.connection(), "branch", both)).isInstanceOf(SQLException.class).hasMessageContaining("APPLY_ROW_NOT_ITS");
    }

    @Test
    void whatStandsBeforeItIsAppliedAndNothingAfterIt() throws Exception {
        List<ReceivedTransaction> all = List.of(transaction(update(image(1, ABSENT, "before", ABSENT))), transaction(update(image(4, ABSENT, "with", ABSENT)), delete(2)), transaction(update(image(5, ABSENT, "after", ABSENT))));
        ApplyResult result = applier.apply(hq.connection(), "branch", all);
        hq.connection().commit();
        assertThat(result.transactions()).isOne();
        assertThat(result.halt().getMessage()).contains("APPLY_ROW_NOT_ITS", "2").doesNotContain("hers");
        assertThat(rows()).contains("1|north|before|1", "2|south|hers|1", "4|north|mine|1", "5|north|mine|1");
    }

    @Test
    void aColumnOutsideOfThePublicationIsNotWritten() throws Exception {
        refusedAs("APPLY_NOT_ADMITTED", "column", new Change(customer, Operation.UPDATE, null, null, new RowImage(new Object[] {1L, ABSENT, ABSENT, ABSENT, ABSENT, "seen"}), List.of()));
    }

    @Test
    void aRowIsNotNamedByAnotherKeyThanOneThatIsUniqueHere() throws Exception {
        TableShape byName = new TableShape(customer.schema(), customer.name(), 1, customer.columns(), List.of(3));
        refusedAs("APPLY_NOT_ADMITTED", "key", new Change(byName, Operation.DELETE, null, new RowImage(new Object[] {ABSENT, ABSENT, ABSENT, 1L, ABSENT, ABSENT}), null, List.of()));
    }

    @Test
    void anothersRowIsNotReachedByAnotherUniqueKey() throws Exception {
        TableShape byCode = new TableShape(customer.schema(), customer.name(), 1, customer.columns(), List.of(4));
        refused(new Change(byCode, Operation.UPDATE, null, null, new RowImage(new Object[] {ABSENT, ABSENT, "stolen", ABSENT, 102L, ABSENT}), List.of()));
    }

    /** A key that a conversion would make another's: rows are looked for and changed by one and the same comparison, also where there are so many that they would travel to the database as arrays. */
    @Test
    void anothersRowIsNotReachedByAKeyOfAnotherType() throws Exception {
        List<ColumnShape> columns = new ArrayList<>(customer.columns());
        columns.set(0, new ColumnShape(columns.get(0).name(), ColumnType.of(SqlType.NUMERIC, 20, 2)));
        TableShape decimal = new TableShape(customer.schema(), customer.name(), 1, columns, customer.key());
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            changes.add(new Change(decimal, Operation.DELETE, null, new RowImage(new Object[] {new BigDecimal("2." + (10 + i)), ABSENT, ABSENT, ABSENT, ABSENT, ABSENT}), null, List.of()));
        }
        List<String> before = rows();
        try {
            apply(changes.toArray(Change[]::new));
        } catch (SQLException refused) {
            hq.connection().rollback();
        }
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void aRowMovesBetweenTwoTerritoriesThatAreBothItsOwn() throws Exception {
        say("CREATE SUBSCRIPTION TO sales ('south') FOR branch");
        apply(update(image(1, "south", ABSENT, ABSENT)), update(image(2, "north", ABSENT, ABSENT)));
        assertThat(rows()).contains("1|south|mine|1", "2|north|hers|1");
    }

    @Test
    void whoHasNoSubscriptionWritesNothing() throws Exception {
        say("DROP SUBSCRIPTION TO sales ('north') FOR branch");
        refusedAs("APPLY_NOT_ADMITTED", "table", update(image(1, ABSENT, "new", ABSENT)));
    }

    @Test
    void theDatabasesOwnDefaultDecidesWhoseRowItIs() throws Exception {
        hq.execute("ALTER TABLE customer ALTER COLUMN visits SET DEFAULT 95");
        refused(insert(image(20, "north", "x", ABSENT)));
    }

    @Test
    void skippedIsNotAppliedAndWhatComesAfterIsGoneOnWith() throws Exception {
        List<ReceivedTransaction> all = List.of(transaction(delete(2)), transaction(update(image(5, ABSENT, "after", ABSENT))));
        applier.apply(hq.connection(), "branch", all, PoisonPolicy.SKIP);
        hq.connection().commit();
        assertThat(rows()).contains("2|south|hers|1", "5|north|after|1");
        assertThat(hq.text("SELECT reason FROM waybill.dead_letter")).contains("APPLY_ROW_NOT_ITS");
        assertThat(hq.number("SELECT total FROM waybill.counter WHERE name = 'refused' AND subject = 'branch'")).isOne();
    }

    @Test
    void aParkedOneIsNotAppliedByTryingAgainUntilTheRowIsItsOwn() throws Exception {
        applier.apply(hq.connection(), "branch", List.of(transaction(update(image(2, ABSENT, "hers, by me", ABSENT)))), PoisonPolicy.PARK);
        hq.connection().commit();
        long letter = hq.number("SELECT letter_id FROM waybill.dead_letter");
        DeadLetterOffice office = new DeadLetterOffice(hq.connection(), hq.dialect(), InstantSource.system());
        assertThat(office.retry(letter).failure()).contains("APPLY_ROW_NOT_ITS");
        assertThat(rows()).contains("2|south|hers|1");
        say("CREATE SUBSCRIPTION TO sales ('south') FOR branch");
        assertThat(office.retry(letter).failure()).isNull();
        assertThat(rows()).contains("2|south|hers, by me|1");
    }

    private void refused(Change... changes) throws Exception {
        refusedAs("APPLY_ROW_NOT_ITS", "", changes);
    }

    private void refusedAs(String error, String what, Change... changes) throws Exception {
        List<String> before = rows();
        assertThatThrownBy(() -> apply(changes)).isInstanceOf(SQLException.class).hasMessageContaining(error).hasMessageContaining(what);
        hq.connection().rollback();
        assertThat(rows()).isEqualTo(before);
    }

    private void apply(Change... changes) throws SQLException, IOException {
        applier.apply(hq.connection(), "branch", List.of(transaction(changes)));
        hq.connection().commit();
    }

    private Change insert(RowImage after) {
        return new Change(customer, Operation.INSERT, null, null, after, List.of());
    }

    private Change update(RowImage after) {
        return new Change(customer, Operation.UPDATE, null, null, after, List.of());
    }

    private Change upsert(RowImage after) {
        return new Change(customer, Operation.UPSERT, null, null, after, List.of());
    }

    private Change delete(long id) {
        return new Change(customer, Operation.DELETE, null, key(id), null, List.of());
    }

    private Change newKey(long from, long to, Object territory) {
        return new Change(customer, Operation.UPDATE, key(from), null, image(to, territory, ABSENT, ABSENT), List.of());
    }

    private static RowImage key(long id) {
        return image(id, ABSENT, ABSENT, ABSENT);
    }

    private static RowImage image(long id, Object territory, Object name, Object visits) {
        Object[] values = new Object[COLUMNS.size()];
        Arrays.fill(values, ABSENT);
        values[0] = id;
        values[1] = territory;
        values[2] = name;
        values[3] = visits instanceof Integer number ? (Object) number.longValue() : visits;
        return new RowImage(values);
    }

    private ReceivedTransaction transaction(Change... changes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TransactionWriter writer = new TransactionWriter(bytes);
        writer.write(new Begin(new UUID(1, ++offset), "branch", "", List.of()));
        for (TransactionRecord change : changes) {
            writer.write(change);
        }
        writer.write(new End(Instant.EPOCH, changes.length));
        return Source.received(offset, bytes.toByteArray());
    }

    private List<String> rows() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (var statement = hq.connection().createStatement(); var row = statement.executeQuery("SELECT id, territory, name, visits FROM customer WHERE secret = 's' OR secret IS NULL ORDER BY id")) {
            while (row.next()) {
                rows.add(row.getLong(1) + "|" + row.getString(2) + "|" + row.getString(3) + "|" + row.getLong(4));
            }
        }
        return rows;
    }

    private void say(String... statements) throws SQLException {
        boolean auto = hq.connection().getAutoCommit();
        hq.connection().setAutoCommit(true);
        for (String sql : statements) {
            WaybillStatement.parse(sql).execute(new Administration(hq.connection(), hq.dialect(), Boards.of(hq.dialect().databaseKey(hq.connection())), InstantSource.system(), false, Duration.ofSeconds(60)));
        }
        hq.connection().setAutoCommit(auto);
    }
}
