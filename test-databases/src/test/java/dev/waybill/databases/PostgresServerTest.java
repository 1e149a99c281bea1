// SPDX-License-Identifier: Apache-2.0
package dev.waybill.databases;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.Test;

class PostgresServerTest {

    @Test
    void everyTestHasADatabaseOfItsOwnOnOneServer() throws Exception {
        PostgresDatabase one = PostgresServer.running().freshDatabase();
        PostgresDatabase other = PostgresServer.running().freshDatabase();

        one.execute("CREATE TABLE t (id int)");

        assertThat(one.text("SELECT count(*) FROM pg_class WHERE relname = 't'")).isEqualTo("1");
        assertThat(other.text("SELECT count(*) FROM pg_class WHERE relname = 't'")).isEqualTo("0");
        assertThat(one.text("SELECT pg_postmaster_start_time()")).isEqualTo(other.text("SELECT pg_postmaster_start_time()"));
        assertThat(one.text("SHOW synchronous_commit")).isEqualTo("on");
        assertThat(one.text("SELECT split_part(version(), ' ', 2)")).startsWith("18.");
    }

    @Test
    void anotherRoleConnectsByItsNameAlone() throws Exception {
        PostgresDatabase database = PostgresServer.running().freshDatabase();
        String clerk = PostgresServer.running().freshName("clerk");
        database.execute("CREATE ROLE " + clerk + " LOGIN");

        try (Connection connection = database.connectAs(clerk)) {
            assertThat(connection.getMetaData().getUserName()).isEqualTo(clerk);
        }
    }
}
