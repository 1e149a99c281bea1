// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits for a lease goes by his own clock, too. */
class LeaseTest {

    private static final Duration TIME = Duration.ofSeconds(5);

    private final VirtualClock clock = new VirtualClock();
    private Connection raw;
    private Lease lease;

    @BeforeEach
    void install() throws SQLException {
        raw = DriverManager.getConnection("jdbc:h2:mem:");
        Dialect dialect = Dialects.of(raw);
        new CatalogueInstaller(dialect, UUID::randomUUID, clock).install(raw);
        lease = new Lease(dialect, LeaseHolder.here("waiting"), TIME, clock);
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    @Test
    void aDeadHolderWhoseClockWasHoursAheadIsWaitedForTwiceALeasesTime() throws SQLException {
        elsewhere(Duration.ofHours(4), 7);
        assertThat(lease.take(raw)).isFalse();
        clock.pass(TIME.multipliedBy(2).minusMillis(1));
        assertThat(lease.take(raw)).isFalse();
        clock.pass(Duration.ofMillis(1));
        assertThat(lease.take(raw)).isTrue();
        assertThat(token()).isEqualTo(8);
    }

    @Test
    void aHolderWhoseClockIsAheadAndWhoRenewsIsLeftAlone() throws SQLException {
        for (int renewal = 0; renewal < 20; renewal++) {
            elsewhere(Duration.ofHours(4), 7);
            assertThat(lease.take(raw)).isFalse();
            clock.pass(TIME);
        }
    }

    @Test
    void whoseOwnClockIsSetBackWhileHeWaitsBeginsToWaitAnew() throws SQLException {
        elsewhere(Duration.ofHours(4), 7);
        assertThat(lease.take(raw)).isFalse();
        clock.pass(Duration.ofHours(-1));
        assertThat(lease.take(raw)).isFalse();
        clock.pass(TIME.multipliedBy(2));
        assertThat(lease.take(raw)).isTrue();
    }

    /** What it has in memory is out of date. */
    @Test
    void whoSleptWhileAnotherHadTheLeaseLearnsItBeforeHeTakesItAgain() throws SQLException {
        assertThat(lease.take(raw)).isTrue();
        elsewhere(Duration.ofHours(-1), 7);
        assertThat(lease.take(raw)).isFalse();
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.take(raw)).isTrue();
        assertThat(token()).isEqualTo(8);
    }

    /** An agent of another host has it, until then by its clock. */
    private void elsewhere(Duration ahead, long token) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("UPDATE waybill.lease SET token = " + token + ", holder = 'elsewhere/1/0/agent', until = TIMESTAMP WITH TIME ZONE '" + OffsetDateTime.ofInstant(clock.instant().plus(ahead), ZoneOffset.UTC) + "'");
        }
    }

    private long token() throws SQLException {
        try (Statement statement = raw.createStatement(); var row = statement.executeQuery("SELECT token FROM waybill.lease")) {
            row.next();
            return row.getLong(1);
        }
    }
}
