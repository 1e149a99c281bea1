// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.error.WaybillError;
import dev.waybill.publication.RemoteUser;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The statements that are ours, as methods. */
class WaybillConnectionTest {

    private Connection connection;
    private WaybillConnection waybill;

    @BeforeEach
    void connect() throws SQLException {
        Properties off = new Properties();
        off.setProperty("waybill.agent", "off");
        connection = DriverManager.getConnection("jdbc:waybill:h2:mem:", off);
        waybill = connection.unwrap(WaybillConnection.class);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE artist (id INTEGER PRIMARY KEY, name VARCHAR(50))");
        }
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void wholeSetUpCanBeSaidByMethods() throws SQLException {
        waybill.grantPublish("hq");
        waybill.createMessageType("file", "hq");
        waybill.setRemoteOption("file", "directory", "/nowhere");
        waybill.grantRemote("branch", "file", "branch", Duration.ZERO);
        waybill.createPublication("music", "artist (id, name)");
        waybill.createSubscription("music", "branch");
        waybill.synchronizeSubscription("music", "branch");
        assertThat(waybill.catalogue().publisher()).isEqualTo("hq");
        assertThat(waybill.catalogue().publications()).singleElement().satisfies(publication -> assertThat(publication.name()).isEqualTo("music"));
        assertThat(waybill.catalogue().remoteUsers()).extracting(RemoteUser::name).containsExactly("branch");
        assertThat(waybill.catalogue().subscriptions()).hasSize(1);
    }

    @Test
    void catalogueIsNotChangedInATransactionThatHasWritten() throws SQLException {
        waybill.grantPublish("hq");
        waybill.createPublication("music", "artist");
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO artist VALUES (1, 'Bach')");
        }
        assertThatThrownBy(() -> waybill.dropPublication("music"))
                .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.CATALOGUE_IN_TRANSACTION.is(refused)).isTrue());
    }

    @Test
    void aNameThatNoStatementCouldHaveIsRefused() {
        assertThatThrownBy(() -> waybill.grantPublish("h q\"")).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.NAME_NOT_ALLOWED.is(refused)).isTrue());
    }

    @Test
    void unwrapAndIsWrapperForAgree() throws SQLException {
        assertThat(connection.isWrapperFor(WaybillConnection.class)).isTrue();
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.isWrapperFor(WaybillConnection.class)).isFalse();
        }
    }
}
