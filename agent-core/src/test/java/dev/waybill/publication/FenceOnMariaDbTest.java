// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.MariaDbDatabase;
import dev.waybill.databases.MariaDbServer;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.statement.WaybillStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A publication comes into force without a gap for writers that share nothing with the announcer but the database. */
class FenceOnMariaDbTest {

    private MariaDbDatabase database;
    private Connection announcer;
    private Connection writer;
    private Dialect dialect;

    @BeforeEach
    void open() throws SQLException {
        database = MariaDbServer.running().freshDatabase();
        database.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
        announcer = database.connect();
        writer = database.connect();
        dialect = Dialects.of(announcer);
        say(Duration.ofSeconds(120), "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '/nowhere'", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch'");
        writer.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        writer.close();
        announcer.close();
    }

    private void say(Duration patience, String... statements) throws SQLException {
        for (String sql : statements) {
            WaybillStatement.parse(sql).execute(new Administration(announcer, dialect, new InProcessBoard(), InstantSource.system(), false, patience));
        }
    }

    private void check(long version) throws SQLException {
        try (PreparedStatement check = writer.prepareStatement(dialect.fenceCheck())) {
            check.setLong(1, version);
            check.executeQuery().close();
        }
    }

    private void write(int id) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            statement.execute("INSERT INTO orders VALUES (" + id + ")");
        }
    }

    @Test
    void startWaitsForAWriterThatLookedBeforeThePublication() throws Exception {
        long planned = CatalogueStore.load(writer, dialect).version();
        write(1);
        check(planned);
        say(Duration.ofSeconds(120), "CREATE PUBLICATION shop (TABLE orders)", "CREATE SUBSCRIPTION TO shop FOR branch");
        CompletableFuture<Void> start = CompletableFuture.runAsync(() -> {
            try {
                say(Duration.ofSeconds(120), "START SUBSCRIPTION TO shop FOR branch");
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        });
        assertThatThrownBy(() -> start.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        writer.commit();
        start.get(120, TimeUnit.SECONDS);
        assertThat(database.text("SELECT state FROM waybill_subscription")).isEqualTo("STARTED");
    }

    @Test
    void aWriterThatLooksAfterThePublicationFailsAndSucceedsUnderTheNewCatalogue() throws SQLException {
        long planned = CatalogueStore.load(writer, dialect).version();
        writer.commit();
        write(1);
        say(Duration.ofSeconds(120), "CREATE PUBLICATION shop (TABLE orders)");
        assertThatThrownBy(() -> check(planned)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(dialect.isFenceRaised(error)).isTrue());
        writer.rollback();
        long now = CatalogueStore.load(writer, dialect).version();
        write(1);
        check(now);
        writer.commit();
        say(Duration.ofSeconds(120), "DROP PUBLICATION shop");
        write(2);
        check(now);
        writer.rollback();
    }

    @Test
    void aWriterThatDoesNotEndIsNamedAndNothingIsStarted() throws SQLException {
        write(1);
        say(Duration.ofSeconds(120), "CREATE PUBLICATION shop (TABLE orders)", "CREATE SUBSCRIPTION TO shop FOR branch");
        for (String verb : new String[] {"START", "SYNCHRONIZE"}) {
            assertThatThrownBy(() -> say(Duration.ofMillis(600), verb + " SUBSCRIPTION TO shop FOR branch")).hasMessageContaining("WRITERS_ELSEWHERE").hasMessageContaining("of session");
        }
        assertThat(database.text("SELECT state FROM waybill_subscription")).isEqualTo("CREATED");
        writer.rollback();
        say(Duration.ofSeconds(120), "START SUBSCRIPTION TO shop FOR branch");
    }
}
