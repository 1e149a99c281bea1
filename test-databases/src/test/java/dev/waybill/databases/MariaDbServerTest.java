// SPDX-License-Identifier: Apache-2.0
package dev.waybill.databases;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;

class MariaDbServerTest {

    @Test
    void everyTestHasADatabaseOfItsOwnOnOneServer() throws Exception {
        MariaDbDatabase one = MariaDbServer.running().freshDatabase();
        MariaDbDatabase other = MariaDbServer.running().freshDatabase();

        one.execute("CREATE TABLE t (id int PRIMARY KEY)");

        assertThat(one.text("SHOW TABLES")).isEqualTo("t");
        assertThat(other.text("SHOW TABLES")).isNull();
        assertThat(one.text("SELECT DATABASE()")).isEqualTo(one.name());
        assertThat(one.text("SELECT @@port")).isEqualTo(other.text("SELECT @@port"));
    }

    @Test
    void theServerIsSetAsInProduction() throws Exception {
        MariaDbDatabase database = MariaDbServer.running().freshDatabase();

        assertThat(database.text("SELECT VERSION()")).startsWith("11.4.");
        assertThat(database.text("SELECT @@innodb_flush_log_at_trx_commit")).isEqualTo("1");
        assertThat(database.text("SELECT @@default_storage_engine")).isEqualTo("InnoDB");
        assertThat(database.text("SELECT @@sql_mode")).contains("STRICT_TRANS_TABLES");
        assertThat(database.text("SELECT @@log_bin")).isEqualTo("0");
    }

    @Test
    void anotherUserConnectsByHisNameAlone() throws Exception {
        MariaDbDatabase database = MariaDbServer.running().freshDatabase();
        String clerk = MariaDbServer.running().freshName("clerk");
        database.execute("CREATE USER " + clerk + "@localhost", "GRANT SELECT ON " + database.name() + ".* TO " + clerk + "@localhost");

        try (Connection connection = DriverManager.getConnection(database.urlAs(clerk))) {
            assertThat(connection.getMetaData().getUserName()).startsWith(clerk);
        }
    }
}
