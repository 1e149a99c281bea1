// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parameters that are streams are captured as they are stored, where {@link ValuesTest} and {@link PostgresTablesTest} do not look. */
class StreamedValuesTest {

    private static final int LENGTH = 200_000;

    @TempDir
    private Path directory;

    @Test
    void streamsAreCapturedAsTheyAreStoredOnMariaDb() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", "CREATE TABLE t (id INT PRIMARY KEY, s LONGTEXT, b LONGBLOB)")) {
            stream(twins);
        }
    }

    @Test
    void streamsAreCapturedAsTheyAreStoredOnSqlite() throws Exception {
        try (Twins twins = Twins.onSqlite(directory, "", "t", "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT, b BLOB)")) {
            stream(twins);
        }
    }

    @Test
    void streamsAreCapturedAsTheyAreStoredOnHsqldb() throws Exception {
        try (Twins twins = Twins.onHsqldb("t", "CREATE TABLE t (id INT PRIMARY KEY, s CLOB(1M), b BLOB(1M))")) {
            stream(twins);
        }
    }

    private static void stream(Twins twins) throws Exception {
        twins.same((connection, witness) -> {
            for (boolean autocommit : new boolean[] {true, false}) {
                connection.setAutoCommit(autocommit);
                int id = autocommit ? 1 : 100;
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, s, b) VALUES (?, ?, ?)"); PreparedStatement update = connection.prepareStatement("UPDATE t SET s = ?, b = ? WHERE id = ?")) {
                    insert.setInt(1, id);
                    bind(insert, 2, 'a');
                    witness.see("INSERT", insert::executeUpdate);
                    insert.setInt(1, id + 1);
                    bind(insert, 2, 'b');
                    insert.addBatch();
                    insert.setInt(1, id + 2);
                    bind(insert, 2, 'c');
                    insert.addBatch();
                    witness.see("batch", () -> insert.executeBatch().length);
                    bind(update, 1, 'd');
                    update.setInt(3, id);
                    witness.see("UPDATE", update::executeUpdate);
                }
                witness.query("SELECT id, LENGTH(s), LENGTH(b), SUBSTR(s, 1, 5) FROM t ORDER BY id");
            }
        });
    }

    private static void bind(PreparedStatement statement, int first, char filling) throws Exception {
        String text = String.valueOf(filling).repeat(LENGTH);
        statement.setCharacterStream(first, new StringReader(text), LENGTH);
        statement.setBinaryStream(first + 1, new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)), LENGTH);
    }
}
