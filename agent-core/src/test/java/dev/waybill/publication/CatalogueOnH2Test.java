// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.OutboxWriter;
import dev.waybill.predicate.Condition;
import dev.waybill.publication.Owed.Period;
import dev.waybill.publication.Subscription.State;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogueOnH2Test {

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID();
    private final InProcessBoard board = new InProcessBoard();
    private Connection raw;
    private Dialect dialect;

    @BeforeEach
    void open() throws SQLException {
        raw = DriverManager.getConnection(url);
        dialect = Dialects.of(raw);
        run("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(100), born DATE)");
        run("CREATE TABLE album (title VARCHAR(100), artist INT REFERENCES artist, id INT PRIMARY KEY)");
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    @Test
    void theSetUpOfHeadOfficeIsKeptAndReadBack() throws SQLException {
        headOffice();
        publications().create("music", List.of(table("artist"), table("album")));
        subscriptions().create("music", "", List.of("branch"));
        subscriptions().synchronize("music", "", List.of("branch"));

        Catalogue catalogue = load();
        assertThat(catalogue.publisher()).isEqualTo("hq");
        assertThat(catalogue.messageTypes()).containsExactly(new MessageType("FILE", "hq", Map.of("directory", "/srv/messages")));
        assertThat(catalogue.remoteUsers()).containsExactly(new RemoteUser("branch", false, "FILE", "branch", Duration.ZERO, null));
        assertThat(catalogue.publishedTables()).containsExactlyInAnyOrder(new TableName("PUBLIC", "ARTIST"), new TableName("PUBLIC", "ALBUM"));
        assertThat(catalogue.subscriptions()).containsExactly(new Subscription("music", "branch", null, State.SYNCHRONIZE_REQUESTED, LogOffset.ZERO, null, null, null));
        assertThat(catalogue.version()).isEqualTo(7);
        assertThat(board.catalogue()).isEqualTo(catalogue);
    }

    @Test
    void grantPublishMakesTheCatalogueOnceAndKeepsItsIncarnation() throws SQLException {
        assertThat(load()).isSameAs(Catalogue.NONE);
        users().grantPublish("hq");
        UUID incarnation = load().incarnation();
        refused(WaybillError.PUBLISHER_EXISTS, () -> users().grantPublish("other"));
        users().revokePublish("hq");
        assertThat(load().publisher()).isNull();
        users().grantPublish("other");
        assertThat(load().incarnation()).isEqualTo(incarnation);
        assertThat(load().publisher()).isEqualTo("other");
    }

    @Test
    void aCatalogueStatementIsRefusedInATransactionThatHasWritten() throws SQLException {
        headOffice();
        raw.setAutoCommit(false);
        run("INSERT INTO artist VALUES (1, 'a', NULL)");
        Administration busy = new Administration(raw, dialect, board, InstantSource.system(), true, Duration.ZERO);
        long version = load().version();
        refused(WaybillError.CATALOGUE_IN_TRANSACTION, () -> new Publications(busy).create("music", List.of(table("artist"))));
        refused(WaybillError.CATALOGUE_IN_TRANSACTION, () -> new Users(busy).grantPublish("x"));
        refused(WaybillError.CATALOGUE_IN_TRANSACTION, () -> new Subscriptions(busy).start("music", "", List.of("branch")));
        raw.rollback();
        assertThat(load().version()).isEqualTo(version);
        assertThat(count("SELECT COUNT(*) FROM artist")).isZero();
    }

    @Test
    void aCatalogueStatementCommitsByItselfAndKeepsTheMode() throws SQLException {
        headOffice();
        raw.setAutoCommit(false);
        publications().create("music", List.of(table("artist")));
        raw.rollback();
        assertThat(raw.getAutoCommit()).isFalse();
        assertThat(load().publications()).hasSize(1);
        raw.setAutoCommit(true);
        publications().drop("music");
        assertThat(raw.getAutoCommit()).isTrue();
    }

    @Test
    void anArticleHasTheNamedColumnsInTheTablesOrderAndAlwaysTheKey() throws SQLException {
        headOffice();
        publications().create("titles", List.of(table("album", "title")));
        TableShape shape = load().publications().get(0).articles().get(0).table();
        assertThat(shape.columns().stream().map(ColumnShape::name)).containsExactly("TITLE", "ID");
        assertThat(shape.key()).containsExactly(1);
        assertThat(shape.version()).isEqualTo(load().version());
    }

    @Test
    void whatIsCapturedOfATableIsWhatAllItsArticlesNeed() throws SQLException {
        headOffice();
        publications().create("names", List.of(table("artist", "name")));
        publications().create("births", List.of(table("artist", "born")));
        TableShape captured = load().captured(new TableName("PUBLIC", "ARTIST"));
        assertThat(captured.columns().stream().map(ColumnShape::name)).containsExactlyInAnyOrder("ID", "NAME", "BORN");
        assertThat(captured.columns().get(captured.key().get(0)).name()).isEqualTo("ID");
        assertThat(captured.version()).isEqualTo(load().version());
        assertThat(captured.publications()).containsExactlyInAnyOrder("names", "births");
        assertThat(load().captured(new TableName("PUBLIC", "ALBUM"))).isNull();
    }

    @Test
    void tablesThatCannotBePublishedAreRefusedAndNothingIsHalfDone() throws SQLException {
        headOffice();
        run("CREATE TABLE keyless (a INT)");
        run("CREATE VIEW v AS SELECT * FROM artist");
        run("CREATE GLOBAL TEMPORARY TABLE gone (id INT PRIMARY KEY)");
        run("CREATE TABLE \"odd_%\" (id INT PRIMARY KEY)");
        long version = load().version();
        for (String name : List.of("missing", "v", "gone", "keyless", "odd_%")) {
            assertThatThrownBy(() -> publications().create("music", List.of(table("artist"), table(name)))).as(name).isInstanceOf(SQLException.class);
        }
        refused(WaybillError.TABLE_UNKNOWN, () -> publications().create("music", List.of(table("missing"))));
        refused(WaybillError.TABLE_NOT_PUBLISHABLE, () -> publications().create("music", List.of(table("v"))));
        refused(WaybillError.TABLE_NOT_PUBLISHABLE, () -> publications().create("music", List.of(table("gone"))));
        refused(WaybillError.TABLE_NOT_PUBLISHABLE, () -> publications().create("music", List.of(new TableReference(new Identifier("waybill", false), new Identifier("outbox", false), List.of()))));
        refused(WaybillError.TABLE_WITHOUT_KEY, () -> publications().create("music", List.of(table("keyless"))));
        refused(WaybillError.COLUMN_UNKNOWN, () -> publications().create("music", List.of(table("artist", "nme"))));
        refused(WaybillError.COLUMN_TWICE, () -> publications().create("music", List.of(table("artist", "name", "NAME"))));
        refused(WaybillError.ARTICLE_EXISTS, () -> publications().create("music", List.of(table("artist"), table("ARTIST"))));
        assertThat(load().version()).isEqualTo(version);
        assertThat(load().publications()).isEmpty();
        assertThat(count("SELECT COUNT(*) FROM waybill.publication")).isZero();
        publications().create("music", List.of(new TableReference(null, new Identifier("odd_%", true), List.of())));
    }

    @Test
    void definitionsOfEveryVersionStayReadable() throws SQLException {
        headOffice();
        publications().create("music", List.of(table("artist", "name")));
        long first = load().version();
        publications().addTable("music", table("album"));
        long second = load().version();
        publications().dropTable("music", table("artist"));
        publications().drop("music");
        long last = load().version();

        CatalogueHistory history = new CatalogueHistory(dialect);
        assertThat(history.at(raw, first - 1)).isEmpty();
        assertThat(history.at(raw, first)).singleElement().satisfies(music -> assertThat(names(music)).containsExactly("ARTIST"));
        assertThat(history.at(raw, second)).singleElement().satisfies(music -> assertThat(names(music)).containsExactly("ARTIST", "ALBUM"));
        assertThat(history.at(raw, last - 1)).singleElement().satisfies(music -> assertThat(names(music)).containsExactly("ALBUM"));
        assertThat(history.at(raw, last)).isEmpty();
        assertThat(load().publications()).isEmpty();
    }

    @Test
    void aTableWrittenBeforeItWasPublishedIsFoundSoIsOneWithNewColumns() throws SQLException {
        headOffice();
        TableName artist = new TableName("PUBLIC", "ARTIST");
        TableName album = new TableName("PUBLIC", "ALBUM");
        Catalogue unpublished = load();
        publications().create("names", List.of(table("artist", "name")));
        Catalogue named = load();
        publications().create("all", List.of(table("artist")));
        Catalogue all = load();
        assertThat(named.becamePublished(unpublished, List.of(artist, album))).containsExactly(artist);
        assertThat(all.becamePublished(named, List.of(artist, album))).containsExactly(artist);
        assertThat(all.becamePublished(all, List.of(artist, album))).isEmpty();
        assertThat(unpublished.becamePublished(all, List.of(artist, album))).isEmpty();
    }

    @Test
    void thereIsAtMostOneDatabaseAboveAndNoNameTwice() throws SQLException {
        users().grantPublish("branch");
        users().createMessageType("FILE", "branch", false);
        users().grantRemote("hq", true, "FILE", "hq", null, LocalTime.of(23, 30));
        refused(WaybillError.CONSOLIDATED_EXISTS, () -> users().grantRemote("other", true, "FILE", "other", null, null));
        refused(WaybillError.NAME_TAKEN, () -> users().grantRemote("hq", false, "FILE", "hq", null, null));
        refused(WaybillError.NAME_TAKEN, () -> users().grantRemote("HQ", false, "FILE", "hq", null, null));
        refused(WaybillError.NAME_TAKEN, () -> users().grantRemote("branch", false, "FILE", "x", null, null));
        refused(WaybillError.USER_UNKNOWN, () -> users().revokeRemote("hq", false));
        assertThat(load().remoteUsers()).containsExactly(new RemoteUser("hq", true, "FILE", "hq", null, LocalTime.of(23, 30)));
        users().revokeRemote("hq", true);
        users().grantRemote("other", true, "FILE", "other", null, null);
        assertThat(load().consolidated()).isPresent();
    }

    @Test
    void grantingAgainChangesTheAddressAndKeepsWhatWasExchanged() throws SQLException {
        headOffice();
        run("UPDATE waybill.remote_user SET log_sent = 42");
        users().grantRemote("branch", false, "FILE", "elsewhere", null, LocalTime.NOON);
        assertThat(load().remoteUsers()).containsExactly(new RemoteUser("branch", false, "FILE", "elsewhere", null, LocalTime.NOON));
        assertThat(count("SELECT log_sent FROM waybill.remote_user")).isEqualTo(42);
    }

    @Test
    void whatIsMissingIsNamed() throws SQLException {
        refused(WaybillError.PUBLISHER_MISSING, () -> publications().create("music", List.of(table("artist"))));
        users().grantPublish("hq");
        refused(WaybillError.MESSAGE_TYPE_UNKNOWN, () -> users().grantRemote("branch", false, "FILE", "branch", null, null));
        refused(WaybillError.MESSAGE_TYPE_UNKNOWN, () -> users().setOption("FILE", "directory", "x"));
        refused(WaybillError.LINK_TYPE, () -> users().createMessageType("PIGEON", "x", false));
        users().createMessageType("FILE", "hq", false);
        users().grantRemote("branch", false, "FILE", "branch", null, null);
        refused(WaybillError.MESSAGE_TYPE_IN_USE, () -> users().dropMessageType("FILE"));
        refused(WaybillError.PUBLICATION_UNKNOWN, () -> publications().drop("music"));
        refused(WaybillError.PUBLICATION_UNKNOWN, () -> subscriptions().create("music", "", List.of("branch")));
        publications().create("music", List.of(table("artist")));
        refused(WaybillError.PUBLICATION_EXISTS, () -> publications().create("music", List.of(table("artist"))));
        refused(WaybillError.USER_UNKNOWN, () -> subscriptions().create("music", "", List.of("brunch")));
        refused(WaybillError.SUBSCRIPTION_VALUE, () -> subscriptions().create("music", "x", List.of("branch")));
        refused(WaybillError.SUBSCRIPTION_UNKNOWN, () -> subscriptions().start("music", "", List.of("branch")));
        refused(WaybillError.ARTICLE_UNKNOWN, () -> publications().dropTable("music", table("album")));
        refused(WaybillError.ARTICLE_LAST, () -> publications().dropTable("music", table("artist")));
        users().revokePublish(null);
        refused(WaybillError.PUBLISHER_UNKNOWN, () -> users().revokePublish(null));
        refused(WaybillError.PUBLISHER_MISSING, () -> publications().create("p", List.of(table("artist"))));
    }

    @Test
    void anArticleChoosesRowsByACondition() throws SQLException {
        headOffice();
        publications().create("music", List.of(chosen("album", "title LIKE 'A%' OR artist IS NULL", "id")));
        Catalogue catalogue = load();
        TableName album = catalogue.publishedTables().iterator().next();
        assertThat(catalogue.publication("music").orElseThrow().articles().get(0).condition().text()).isEqualTo("(\"TITLE\" LIKE 'A%' OR \"ARTIST\" IS NULL)");
        assertThat(catalogue.watchedNames(album)).containsExactlyInAnyOrder("TITLE", "ARTIST");
        assertThat(catalogue.captured(album).columns()).extracting(ColumnShape::name).containsExactly("ID", "TITLE", "ARTIST");
        publications().drop("music");
        assertThat(new CatalogueHistory(dialect).at(raw, catalogue.version()).get(0).articles().get(0).condition().text()).as("of an older version").contains("LIKE 'A%'");
    }

    @Test
    void conditionsThatCannotBeKeptAreRefused() throws SQLException {
        headOffice();
        refused(WaybillError.COLUMN_UNKNOWN, () -> publications().create("music", List.of(chosen("album", "nothing = 1"))));
        refused(WaybillError.CONDITION_REFUSED, () -> publications().create("music", List.of(chosen("album", "title = 1"))));
        publications().create("music", List.of(chosen("album", "id > 5", "id")));
        publications().create("all_music", List.of(table("album")));
        publications().create("ids", List.of(chosen("album", "id < 3", "id")));
        subscriptions().create("music", "", List.of("branch"));
        refused(WaybillError.ARTICLES_DIFFER, () -> subscriptions().create("all_music", "", List.of("branch")));
        subscriptions().create("ids", "", List.of("branch"));
    }

    @Test
    void aSubscriptionHasAValueWhereThePublicationAsksForOne() throws SQLException {
        headOffice();
        List<String> branch = List.of("branch");
        refused(WaybillError.COLUMN_UNKNOWN, () -> publications().create("music", List.of(by("album", "nothing"))));
        publications().create("music", List.of(by("album", "artist", "id"), table("artist")));
        Article album = load().publication("music").orElseThrow().articles().get(0);
        assertThat(album.chosenBy("p", "7").condition().text()).isEqualTo("\"ARTIST\" = 7");
        assertThat(load().watchedNames(album.name())).containsExactly("ARTIST");
        refused(WaybillError.SUBSCRIPTION_WITHOUT_VALUE, () -> subscriptions().create("music", "", branch));
        refused(WaybillError.CONDITION_REFUSED, () -> subscriptions().create("music", "seven", branch));
        subscriptions().create("music", "7", branch);
        refused(WaybillError.SUBSCRIPTION_EXISTS, () -> subscriptions().create("music", "7", branch));
        subscriptions().create("music", "8", branch);
        refused(WaybillError.SUBSCRIPTION_UNKNOWN, () -> subscriptions().start("music", "9", branch));
        subscriptions().start("music", "7", branch);
        assertThat(owed()).containsExactly(new Period("music", "7", LogOffset.ZERO, null));
        subscriptions().stop("music", "7", branch);
        subscriptions().drop("music", "7", branch);
        assertThat(load().subscriptions()).extracting(Subscription::value).containsExactly("8");
        publications().create("others", List.of(table("artist")));
        subscriptions().create("others", "", branch);
        refused(WaybillError.SUBSCRIPTION_WITHOUT_VALUE, () -> publications().addTable("others", by("album", "artist")));
    }

    @Test
    void aSubscriptionGoesThroughItsStatesAndNoOthers() throws SQLException {
        headOffice();
        publications().create("music", List.of(table("artist")));
        List<String> branch = List.of("branch");
        subscriptions().create("music", "", branch);
        refused(WaybillError.SUBSCRIPTION_EXISTS, () -> subscriptions().create("music", "", branch));
        refused(WaybillError.SUBSCRIPTION_STATE, () -> subscriptions().stop("music", "", branch));
        subscriptions().start("music", "", branch);
        refused(WaybillError.SUBSCRIPTION_STATE, () -> subscriptions().start("music", "", branch));
        refused(WaybillError.PUBLICATION_IN_USE, () -> publications().addTable("music", table("album")));
        commitToOutbox(raw, 100);
        subscriptions().stop("music", "", branch);
        assertThat(load().subscriptions()).containsExactly(new Subscription("music", "branch", null, State.STOPPED, LogOffset.ZERO, LogOffset.ZERO, new LogOffset(100), null));
        publications().addTable("music", table("album"));
        subscriptions().synchronize("music", "", branch);
        Subscription asked = load().subscriptions().get(0);
        assertThat(Subscriptions.record(raw, dialect, asked, State.SYNCHRONIZE_REQUESTED, State.SYNCHRONIZING, new LogOffset(200))).isTrue();
        assertThat(Subscriptions.record(raw, dialect, asked, State.SYNCHRONIZE_REQUESTED, State.SYNCHRONIZING, new LogOffset(300))).isFalse();
        assertThat(load().subscriptions()).containsExactly(new Subscription("music", "branch", null, State.SYNCHRONIZING, LogOffset.ZERO, new LogOffset(200), null, new LogOffset(200)));
        assertThat(owed()).as("what was owed stays owed").containsExactlyInAnyOrder(new Period("music", LogOffset.ZERO, new LogOffset(100)), new Period("music", new LogOffset(200), null));
        subscriptions().drop("music", "", branch);
        assertThat(load().subscriptions()).isEmpty();
    }

    @Test
    void severalSubscribersAreAllOrNone() throws SQLException {
        headOffice();
        publications().create("music", List.of(table("artist")));
        refused(WaybillError.USER_UNKNOWN, () -> subscriptions().create("music", "", List.of("branch", "nobody")));
        assertThat(load().subscriptions()).isEmpty();
    }

    @Test
    void theDatabaseAboveIsNeverReplacedByASnapshot() throws SQLException {
        users().grantPublish("branch");
        users().createMessageType("FILE", "branch", false);
        users().grantRemote("hq", true, "FILE", "hq", null, null);
        publications().create("music", List.of(table("artist")));
        subscriptions().create("music", "", List.of("hq"));
        refused(WaybillError.SYNCHRONIZE_UPWARD, () -> subscriptions().synchronize("music", "", List.of("hq")));
        subscriptions().start("music", "", List.of("hq"));
    }

    @Test
    void droppingAPublicationOrRevokingAUserTakesTheSubscriptionsAlong() throws SQLException {
        headOffice();
        publications().create("music", List.of(table("artist")));
        publications().create("more", List.of(table("album")));
        subscriptions().create("music", "", List.of("branch"));
        subscriptions().create("more", "", List.of("branch"));
        publications().drop("music");
        assertThat(load().subscriptions()).hasSize(1);
        users().revokeRemote("branch", false);
        assertThat(load().subscriptions()).isEmpty();
        assertThat(load().remoteUsers()).isEmpty();
    }

    @Test
    void startWaitsForWritersThatBeganBeforeAndSaysSoWhenTheyStay() throws Exception {
        headOffice();
        CatalogueBoard.Writer early = board.register();
        early.begin();
        publications().create("music", List.of(table("artist")));
        subscriptions().create("music", "", List.of("branch"));
        CatalogueBoard.Writer late = board.register();
        late.begin();
        refused(WaybillError.WRITERS_REMAIN, () -> subscriptions().start("music", "", List.of("branch")));
        refused(WaybillError.WRITERS_REMAIN, () -> subscriptions().synchronize("music", "", List.of("branch")));
        assertThat(load().subscriptions().get(0).state()).isEqualTo(State.CREATED);
        early.end();
        subscriptions().start("music", "", List.of("branch"));
        late.close();
        early.close();
    }

    @Test
    void startOwesWhatIsCommittedAfterItAndNothingBefore() throws Exception {
        headOffice();
        publications().create("music", List.of(table("artist")));
        subscriptions().create("music", "", List.of("branch"));
        commitToOutbox(raw, 100);
        try (Connection idle = DriverManager.getConnection(url)) {
            idle.setAutoCommit(false);
            writeToOutbox(idle, 10);
            raw.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            subscriptions().start("music", "", List.of("branch"));
            assertThat(raw.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            idle.commit();
        }
        Subscription started = load().subscriptions().get(0);
        assertThat(started.started()).isEqualTo(new LogOffset(100));
        commitToOutbox(raw, 1);
        subscriptions().stop("music", "", List.of("branch"));
        Subscription stopped = load().subscriptions().get(0);
        assertThat(stopped.stopped()).isEqualTo(new LogOffset(111));
        assertThat(owed()).containsExactly(new Period("music", new LogOffset(100), new LogOffset(111)));
        assertThat(count("SELECT COUNT(*) FROM waybill.outbox")).isZero();
    }

    @Test
    void whatWasOwedStaysOwedWhateverIsSaidAfterwards() throws Exception {
        headOffice();
        List<String> branch = List.of("branch");
        publications().create("music", List.of(table("artist")));
        subscriptions().create("music", "", branch);
        subscriptions().start("music", "", branch);
        commitToOutbox(raw, 10);
        subscriptions().synchronize("music", "", branch);
        assertThat(Subscriptions.record(raw, dialect, load().subscriptions().get(0), State.SYNCHRONIZE_REQUESTED, State.SYNCHRONIZING, new LogOffset(7))).isTrue();
        assertThat(owed()).as("an open period stays open").containsExactly(new Period("music", LogOffset.ZERO, null));
        subscriptions().stop("music", "", branch);
        subscriptions().synchronize("music", "", branch);
        commitToOutbox(raw, 10);
        subscriptions().stop("music", "", branch);
        Period first = new Period("music", LogOffset.ZERO, new LogOffset(10));
        assertThat(owed()).as("what has ended is not made longer").containsExactly(first);
        subscriptions().start("music", "", branch);
        commitToOutbox(raw, 10);
        subscriptions().drop("music", "", branch);
        Period second = new Period("music", new LogOffset(20), new LogOffset(30));
        assertThat(owed()).containsExactlyInAnyOrder(first, second);
        subscriptions().create("music", "", branch);
        subscriptions().start("music", "", branch);
        commitToOutbox(raw, 10);
        publications().drop("music");
        Period third = new Period("music", new LogOffset(30), new LogOffset(40));
        assertThat(load().subscriptions()).isEmpty();
        assertThat(owed()).containsExactlyInAnyOrder(first, second, third);
        Subscriptions.forget(raw, dialect, new LogOffset(20));
        assertThat(owed()).containsExactlyInAnyOrder(second, third);
        users().revokeRemote("branch", false);
        users().grantRemote("branch", false, "FILE", "branch", Duration.ZERO, null);
        assertThat(owed()).isEmpty();
        assertThat(Owed.load(raw, dialect).get("branch").begun()).as("the one who comes after is owed nothing of before").isEqualTo(new LogOffset(40));
    }

    private List<Period> owed() throws SQLException {
        return Owed.load(raw, dialect).get("branch").periods();
    }

    private void commitToOutbox(Connection connection, int bytes) throws SQLException {
        connection.setAutoCommit(false);
        writeToOutbox(connection, bytes);
        connection.setAutoCommit(true);
    }

    private void writeToOutbox(Connection connection, int bytes) throws SQLException {
        try (OutboxWriter outbox = new OutboxWriter(dialect, connection)) {
            outbox.write(UUID.randomUUID(), 0, true, new byte[bytes], 0, bytes);
        }
    }

    @Test
    void nothingBeginsToBeCapturedWhileSomebodyWritesFromAnotherProcess() throws Exception {
        headOffice();
        Server server = Server.createTcpServer("-tcpPort", "0").start();
        try (Connection outside = DriverManager.getConnection(url.replace("jdbc:h2:", "jdbc:h2:tcp://localhost:" + server.getPort() + "/"))) {
            Administration there = new Administration(outside, dialect, new InProcessBoard(), InstantSource.system(), false, Duration.ofMillis(20));
            refused(WaybillError.OUTSIDE_DATABASE, () -> publications().create("music", List.of(table("artist"))));
            refused(WaybillError.OUTSIDE_DATABASE, () -> new Publications(there).create("music", List.of(table("artist"))));
            assertThat(load().publications()).isEmpty();
        } finally {
            server.stop();
        }
        publications().create("music", List.of(table("artist")));
        subscriptions().create("music", "", List.of("branch"));
        server = Server.createTcpServer("-tcpPort", "0").start();
        try (Connection outside = DriverManager.getConnection(url.replace("jdbc:h2:", "jdbc:h2:tcp://localhost:" + server.getPort() + "/"))) {
            Administration there = new Administration(outside, dialect, new InProcessBoard(), InstantSource.system(), false, Duration.ofMillis(20));
            refused(WaybillError.OUTSIDE_DATABASE, () -> subscriptions().start("music", "", List.of("branch")));
            refused(WaybillError.OUTSIDE_DATABASE, () -> new Subscriptions(there).start("music", "", List.of("branch")));
            new Subscriptions(there).synchronize("music", "", List.of("branch"));
            assertThat(load().subscriptions().get(0).state()).isEqualTo(State.SYNCHRONIZE_REQUESTED);
        } finally {
            server.stop();
        }
    }

    @Test
    void whoConnectsFromAnotherProcessInTheVeryMomentOfAPublicationHasItTakenBack() throws Exception {
        headOffice();
        publications().create("kept", List.of(table("artist")));
        Server server = Server.createTcpServer("-tcpPort", "0").start();
        List<Connection> outside = new ArrayList<>();
        Dialect interrupted = (Dialect) Proxy.newProxyInstance(Dialect.class.getClassLoader(), new Class<?>[] {Dialect.class}, (proxy, method, arguments) -> {
            Object result = method.invoke(dialect, arguments);
            if (method.getName().equals("sessionsElsewhere") && outside.isEmpty()) {
                outside.add(DriverManager.getConnection(url.replace("jdbc:h2:", "jdbc:h2:tcp://localhost:" + server.getPort() + "/"))); // right after the look
            }
            return result;
        });
        try {
            Publications publications = new Publications(new Administration(raw, interrupted, board, InstantSource.system(), false, Duration.ofMillis(20)));
            refused(WaybillError.OUTSIDE_DATABASE, () -> publications.create("music", List.of(table("album"))));
            outside.remove(0).close();
            refused(WaybillError.OUTSIDE_DATABASE, () -> publications.addTable("kept", table("album")));
            assertThat(load().publications()).hasSize(1);
            assertThat(load().publishedTables()).containsExactly(new TableName("PUBLIC", "ARTIST"));
            assertThat(board.catalogue().publishedTables()).hasSize(1);
        } finally {
            for (Connection each : outside) {
                each.close();
            }
            server.stop();
        }
    }

    @Test
    void tablesThatCameFromARevokedDatabaseAloneAreReceivedNoMore() throws SQLException {
        headOffice();
        run("INSERT INTO waybill.received_table VALUES ('PUBLIC', 'ARTIST', 'branch', CURRENT_TIMESTAMP), ('PUBLIC', 'ALBUM', 'branch', CURRENT_TIMESTAMP), ('PUBLIC', 'ALBUM', 'other', CURRENT_TIMESTAMP)");
        CatalogueStore.acquaint(board, raw, dialect);
        assertThat(board.received().tables()).hasSize(2);
        users().revokeRemote("branch", false);
        assertThat(count("SELECT COUNT(*) FROM waybill.received_table")).isEqualTo(1);
        assertThat(board.received().tables()).containsExactly(new TableName("PUBLIC", "ALBUM"));
    }

    @Test
    void theCatalogueIsReadWholeWhileItChanges() throws Exception {
        headOffice();
        Thread changer = new Thread(() -> {
            try (Connection other = DriverManager.getConnection(url)) {
                Administration own = new Administration(other, dialect, board, InstantSource.system(), false, Duration.ZERO);
                for (int i = 0; i < 60; i++) {
                    new Publications(own).create("p" + i, List.of(table("artist"), table("album")));
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        changer.start();
        Catalogue first = load();
        long base = first.version() - first.publications().size();
        while (changer.isAlive()) {
            Catalogue seen = load();
            assertThat(seen.publications()).hasSize((int) (seen.version() - base)).allSatisfy(publication -> assertThat(publication.articles()).hasSize(2));
        }
        assertThat(load().publications()).hasSize(60);
    }

    @Test
    void aCatalogueOfANewerProgramIsRefusedUntouched() throws SQLException {
        headOffice();
        run("UPDATE waybill.catalogue SET format = 99");
        refused(WaybillError.CATALOGUE_TOO_NEW, this::load);
        refused(WaybillError.CATALOGUE_TOO_NEW, () -> users().grantPublish("x"));
        refused(WaybillError.CATALOGUE_TOO_NEW, () -> publications().create("p", List.of(table("artist"))));
        assertThat(count("SELECT version FROM waybill.catalogue")).isEqualTo(4);
    }

    @Test
    void anOlderCatalogueIsUpgradedWhereNobodyElseIsAndRefusedElsewhere() throws SQLException {
        headOffice();
        run("DROP TABLE waybill.capture_report");
        run("ALTER TABLE waybill.outbox ADD (transaction_id UUID NOT NULL, part INTEGER NOT NULL, last BOOLEAN NOT NULL, size INTEGER NOT NULL, digest INTEGER NOT NULL)");
        run("UPDATE waybill.catalogue SET format = 1");
        refused(WaybillError.CATALOGUE_TOO_OLD, this::load);
        CatalogueStore.acquaint(new InProcessBoard(), raw, dialect);
        assertThat(count("SELECT format FROM waybill.catalogue")).isEqualTo(CatalogueInstaller.FORMAT);
        assertThat(count("SELECT COUNT(*) FROM waybill.capture_report")).isZero();
        assertThat(load().publisher()).isEqualTo("hq");
    }

    private void headOffice() throws SQLException {
        users().grantPublish("hq");
        users().createMessageType("FILE", "hq", false);
        users().setOption("FILE", "directory", "/srv/messages");
        refused(WaybillError.LINK_OPTION, () -> users().setOption("FILE", "dirctory", "/srv/messages"));
        refused(WaybillError.LINK_OPTION, () -> users().setOption("FILE", "signature", "yes"));
        users().grantRemote("branch", false, "FILE", "branch", Duration.ZERO, null);
    }

    private Users users() {
        return new Users(administration());
    }

    private Publications publications() {
        return new Publications(administration());
    }

    private Subscriptions subscriptions() {
        return new Subscriptions(administration());
    }

    private Administration administration() {
        return new Administration(raw, dialect, board, InstantSource.system(), false, Duration.ofMillis(20));
    }

    private Catalogue load() throws SQLException {
        return CatalogueStore.load(raw, dialect);
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }

    private long count(String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void refused(WaybillError error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SQLException.class, refused -> {
            assertThat(error.is(refused)).as(refused.getMessage()).isTrue();
            assertThat(refused.getSQLState()).isEqualTo(error.sqlState());
        });
    }

    private static List<String> names(Publication publication) {
        return publication.articles().stream().map(article -> article.table().name()).toList();
    }

    private static TableReference chosen(String name, String condition, String... columns) throws SQLException {
        TableReference all = table(name, columns);
        return new TableReference(all.schema(), all.table(), all.columns(), Condition.parse(condition, 0).condition(), null);
    }

    private static TableReference by(String name, String column, String... columns) {
        TableReference all = table(name, columns);
        return new TableReference(all.schema(), all.table(), all.columns(), null, new Identifier(column, false));
    }

    private static TableReference table(String name, String... columns) {
        return new TableReference(null, new Identifier(name, false), Arrays.stream(columns).map(column -> new Identifier(column, false)).toList());
    }
}
