// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our tables are there as a whole or are brought there, and go without a trace. */
class CatalogueInstallerTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
    private static final UUID FIRST = new UUID(1, 1);
    private static final UUID SECOND = new UUID(2, 2);

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID();
    private Connection raw;
    private Dialect dialect;

    @BeforeEach
    void open() throws SQLException {
        raw = DriverManager.getConnection(url);
        dialect = Dialects.of(raw);
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    @Test
    void installMakesEverythingOnceAndUninstallLeavesNoTrace() throws SQLException {
        assertThat(dialect.hasCatalogue(raw)).isFalse();
        assertThat(installer(FIRST).install(raw)).isTrue();
        assertThat(dialect.hasCatalogue(raw)).isTrue();
        assertThat(installer(SECOND).install(raw)).isFalse();
        assertThat(installer(SECOND).needsInstall(raw)).isFalse();
        assertThat(texts("SELECT format || ' ' || version || ' ' || incarnation || ' ' || (SELECT token FROM waybill.lease) || ' ' || (SELECT log_offset FROM waybill.journal_head)"
                + " FROM waybill.catalogue")).containsExactly(CatalogueInstaller.FORMAT + " 0 " + FIRST + " 0 0");
        installer(FIRST).uninstall(raw);
        assertThat(dialect.hasCatalogue(raw)).isFalse();
        assertThat(texts("SCRIPT").toString()).doesNotContainIgnoringCase("waybill");
    }

    @Test
    void crashBetweenAnyTwoStatementsIsFinishedByTheNextInstall() throws SQLException {
        List<String> statements = dialect.catalogueStatements();
        installer(FIRST).install(raw);
        List<String> whole = script();
        for (int crash = 1; crash <= statements.size() + 2; crash++) {
            installer(FIRST).uninstall(raw);
            makeUpTo(crash);
            assertThat(dialect.hasCatalogue(raw)).as("after %s statements", crash).isFalse();
            assertThat(installer(FIRST).install(raw)).isTrue();
            assertThat(script()).as("after a crash behind statement %s", crash).isEqualTo(whole);
        }
    }

    private void makeUpTo(int crash) throws SQLException {
        List<String> all = new ArrayList<>(dialect.catalogueStatements());
        all.add(2, "INSERT INTO waybill.catalogue (one, format, version, incarnation, created_at) VALUES (1, " + CatalogueInstaller.FORMAT + ", -1, '" + FIRST + "', '2026-11-21T12:00:00Z')");
        all.add("INSERT INTO waybill.lease (one, token) VALUES (1, 0)");
        for (String sql : all.subList(0, crash)) {
            execute(sql);
        }
    }

    @Test
    void halfMadeCatalogueOfAnotherFormatIsMadeAnew() throws SQLException {
        for (String sql : dialect.catalogueStatements().subList(0, 2)) {
            execute(sql);
        }
        execute("CREATE TABLE waybill.lease (of_long_ago INTEGER)");
        execute("INSERT INTO waybill.catalogue (one, format, version, incarnation, created_at) VALUES (1, 0, -1, '" + SECOND + "', '2026-11-21T12:00:00Z')");
        installer(FIRST).install(raw);
        assertThat(texts("SELECT token || ' ' || incarnation FROM waybill.lease, waybill.catalogue")).containsExactly("0 " + FIRST);
    }

    @Test
    void olderFormatIsUpgradedStepByStepAndACrashBetweenStepsIsNoLoss() throws SQLException {
        installer(FIRST).install(raw);
        execute("INSERT INTO waybill.counter VALUES ('uncaptured', 'CALL p()', 7, CURRENT_TIMESTAMP)");
        execute("UPDATE waybill.catalogue SET format = 1");
        var toTwo = new Dialect.UpgradeStep(1, List.of("ALTER TABLE waybill.counter ADD COLUMN IF NOT EXISTS note VARCHAR(10) DEFAULT 'two' NOT NULL"));
        var broken = new Dialect.UpgradeStep(2, List.of("ALTER TABLE waybill.counter ALTER COLUMN IF EXISTS note RENAME TO remark", "THIS FAILS"));
        assertThatThrownBy(() -> newer(3, toTwo, broken).install(raw)).hasMessageContaining("THIS");
        assertThat(texts("SELECT format FROM waybill.catalogue")).containsExactly("2");
        var toThree = new Dialect.UpgradeStep(2, List.of("ALTER TABLE waybill.counter ALTER COLUMN IF EXISTS note RENAME TO remark"));
        assertThat(newer(3, toTwo, toThree).needsInstall(raw)).isTrue();
        assertThat(newer(3, toTwo, toThree).install(raw)).isTrue();
        assertThat(texts("SELECT remark || total || format || incarnation FROM waybill.counter, waybill.catalogue")).containsExactly("two73" + FIRST);
    }

    @Test
    void catalogueOfTheFirstFormatGetsWhatItLacks() throws SQLException {
        installer(FIRST).install(raw);
        List<String> now = script();
        execute("DROP TABLE waybill.capture_report");
        execute("DROP TABLE waybill.outbox_cleared");
        execute("DROP TABLE waybill.link_position");
        execute("DROP VIEW waybill.sys_backgroundjob_info");
        execute("DROP TABLE waybill.after_commit_job, waybill.after_commit_pause, waybill.replica_property, waybill.remote_call, waybill.remote_request, waybill.remote_procedure, waybill.remote_right, waybill.sync_user, waybill.tentative_transaction, waybill.tentative_statement, waybill.tentative_property, waybill.tentative_received, waybill.sync_parameter");
        execute("DROP TABLE waybill.notify_setting, waybill.notifier, waybill.push_request, waybill.push_request_state, waybill.listener_address");
        execute("ALTER TABLE waybill.journal DROP COLUMN transactions");
        execute("ALTER TABLE waybill.outbox ADD (transaction_id UUID NOT NULL, part INTEGER NOT NULL, last BOOLEAN NOT NULL, size INTEGER NOT NULL, digest INTEGER NOT NULL)");
        execute("UPDATE waybill.catalogue SET format = 1");
        assertThat(installer(SECOND).needsInstall(raw)).isTrue();
        assertThat(installer(SECOND).install(raw)).isTrue();
        execute("INSERT INTO waybill.outbox (payload) VALUES (X'00')"); // the columns of then are still there, and need no values
        execute("DELETE FROM waybill.outbox");
        execute("ALTER TABLE waybill.outbox DROP COLUMN transaction_id, part, last, size, digest");
        assertThat(script()).containsExactlyInAnyOrderElementsOf(now);
    }

    @Test
    void catalogueNewerThanTheProgramIsRefusedUntouched() throws SQLException {
        installer(FIRST).install(raw);
        execute("UPDATE waybill.catalogue SET format = format + 1");
        List<String> before = script();
        assertThatThrownBy(() -> installer(SECOND).install(raw)).isInstanceOfSatisfying(SQLException.class, e -> assertThat(WaybillError.CATALOGUE_TOO_NEW.is(e)).isTrue());
        assertThatThrownBy(() -> installer(SECOND).needsInstall(raw)).hasMessageContaining("CATALOGUE_TOO_NEW");
        assertThatThrownBy(() -> installer(SECOND).uninstall(raw)).hasMessageContaining("CATALOGUE_TOO_NEW");
        assertThat(script()).isEqualTo(before);
    }

    @Test
    void schemaOfSomebodyElseIsLeftAlone() throws SQLException {
        execute("CREATE SCHEMA waybill");
        execute("CREATE TABLE waybill.parcels (id INTEGER PRIMARY KEY)");
        assertThatThrownBy(() -> installer(FIRST).install(raw)).hasMessageContaining("CATALOGUE_FOREIGN").hasMessageContaining("PARCELS");
        assertThatThrownBy(() -> installer(FIRST).uninstall(raw)).hasMessageContaining("CATALOGUE_FOREIGN");
        assertThat(dialect.hasCatalogue(raw)).isFalse();
    }

    @Test
    void twoInstallersAtOnceMakeOneCatalogue() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CyclicBarrier start = new CyclicBarrier(2);
            List<Future<Boolean>> both = new ArrayList<>();
            for (UUID incarnation : List.of(FIRST, SECOND)) {
                both.add(threads.submit(() -> {
                    try (Connection own = DriverManager.getConnection(url)) {
                        start.await();
                        return installer(incarnation).install(own);
                    }
                }));
            }
            for (Future<Boolean> one : both) {
                one.get();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(dialect.hasCatalogue(raw)).isTrue();
        assertThat(texts("SELECT (SELECT COUNT(*) FROM waybill.catalogue) || ' ' || (SELECT COUNT(*) FROM waybill.lease) || ' ' || (SELECT COUNT(*) FROM waybill.journal_head)"))
                .containsExactly("1 1 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MODE=LEGACY", "MODE=MySQL;DATABASE_TO_LOWER=TRUE", "MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH", "MODE=Oracle", "MODE=MSSQLServer",
        "MODE=MariaDB", "MODE=DB2", "MODE=Derby", "MODE=HSQLDB", "MODE=STRICT", "DATABASE_TO_UPPER=FALSE", "CASE_INSENSITIVE_IDENTIFIERS=TRUE", "IGNORECASE=TRUE", "OLD_INFORMATION_SCHEMA=TRUE"})
    void installWorksInEveryModeOfH2(String setting) throws SQLException {
        try (Connection other = DriverManager.getConnection("jdbc:h2:mem:;" + setting)) {
            Dialect fitting = Dialects.of(other);
            CatalogueInstaller installer = new CatalogueInstaller(fitting, () -> FIRST, CLOCK);
            assertThat(installer.install(other)).isTrue();
            assertThat(fitting.hasCatalogue(other)).isTrue();
            assertThat(installer.install(other)).isFalse();
            installer.uninstall(other);
            assertThat(fitting.hasCatalogue(other)).isFalse();
        }
    }

    /** H2 2.4.240 fails over a constraint with IN (or with OR, which it makes the same of) once the session that made it has been closed. */
    @Test
    void constraintsHoldWhenWhoeverInstalledIsGone() throws SQLException {
        try (Connection installs = DriverManager.getConnection(url)) {
            installer(FIRST).install(installs);
        }
        String insert = "INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency, poison) VALUES ";
        execute(insert + "('hq', 'Y', 'FILE', 'hq', 'A', 'PARK')");
        assertThatThrownBy(() -> execute(insert + "('a', 'X', 'FILE', 'hq', 'A', 'PARK')")).hasMessageContaining("Check constraint violation");
        assertThatThrownBy(() -> execute(insert + "('a', 'Y', 'FILE', 'hq', 'X', 'PARK')")).hasMessageContaining("Check constraint violation");
        assertThatThrownBy(() -> execute(insert + "('a', 'Y', 'FILE', 'hq', 'A', 'HOPE')")).hasMessageContaining("Check constraint violation");
    }

    @Test
    void printedStatementsMakeTheSameTables() throws SQLException {
        installer(FIRST).install(raw);
        List<String> made = script();
        installer(FIRST).uninstall(raw);
        for (String sql : installer(FIRST).printable()) {
            execute(sql);
        }
        assertThat(dialect.hasCatalogue(raw)).isTrue();
        assertThat(script()).isEqualTo(made);
        assertThat(installer(SECOND).install(raw)).isFalse();
    }

    @Test
    void userWithoutRightsIsToldSoInsteadOfBeingSeenAsWithoutCatalogue() throws SQLException {
        installer(FIRST).install(raw);
        execute("CREATE USER clerk PASSWORD 'x'");
        try (Connection clerk = DriverManager.getConnection(url, "clerk", "x")) {
            assertThatThrownBy(() -> dialect.hasCatalogue(clerk)).hasMessageContaining("Not enough rights");
            execute("GRANT SELECT ON SCHEMA waybill TO clerk");
            assertThat(dialect.hasCatalogue(clerk)).isTrue();
        }
    }

    private CatalogueInstaller installer(UUID incarnation) {
        return new CatalogueInstaller(dialect, () -> incarnation, CLOCK);
    }

    private CatalogueInstaller newer(int format, Dialect.UpgradeStep... steps) {
        return new CatalogueInstaller(dialect, () -> SECOND, CLOCK, format, List.of(steps));
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The database as text, without the numbers of constraints that H2 makes up. */
    private List<String> script() throws SQLException {
        return texts("SCRIPT NOPASSWORDS").stream().map(sql -> sql.replaceAll("CONSTRAINT_[0-9A-F_]+|CONSTRAINT_INDEX_[0-9A-F_]+|SYSTEM_SEQUENCE_[0-9A-F_]+", "N")).sorted().toList();
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = raw.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}
