// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.Action;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.databases.PostgresDatabase;
import dev.waybill.databases.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table as a replica needs it, and what of it is left out, in words. */
class PostgresMetadataTest {

    private PostgresDatabase database;
    private Connection raw;
    private Dialect dialect;

    @BeforeEach
    void open() throws SQLException {
        database = PostgresServer.running().freshDatabase();
        raw = database.connect();
        dialect = Dialects.of(raw);
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    @Test
    void keysColumnsAndForeignKeysAreDescribed() throws SQLException {
        database.execute("CREATE SCHEMA \"Sales\"", "CREATE TABLE \"Sales\".parent (a INT, b VARCHAR(5), PRIMARY KEY (b, a))",
                "CREATE TABLE \"Sales\".\"Child\" (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, pb VARCHAR(5), pa INT, code CHAR(3) NOT NULL UNIQUE, n NUMERIC(10, 2) DEFAULT 3, twice NUMERIC GENERATED ALWAYS AS (n * 2) STORED,"
                        + " FOREIGN KEY (pb, pa) REFERENCES \"Sales\".parent ON DELETE CASCADE ON UPDATE SET NULL)");
        TableDefinition child = dialect.describe(raw, "Sales", "Child");
        assertThat(child.shape().columns()).containsExactly(new ColumnShape("id", ColumnType.of(SqlType.BIGINT)), new ColumnShape("pb", ColumnType.of(SqlType.VARCHAR, 5, -1)),
                new ColumnShape("pa", ColumnType.of(SqlType.INTEGER)), new ColumnShape("code", ColumnType.of(SqlType.CHAR, 3, -1)), new ColumnShape("n", ColumnType.of(SqlType.DECFLOAT, 10, 2)),
                new ColumnShape("twice", ColumnType.of(SqlType.DECFLOAT)));
        assertThat(child.shape().key()).containsExactly(0);
        assertThat(child.primaryKey()).isTrue();
        assertThat(child.uniqueKeys()).containsExactly(List.of("code"));
        assertThat(child.columns().get(0).identity()).isTrue();
        assertThat(child.columns().get(5).generatedAs()).contains("n * ");
        assertThat(child.columns().get(1).nullable()).isTrue();
        assertThat(child.columns().get(3).nullable()).isFalse();
        assertThat(child.foreignKeys()).containsExactly(new ForeignKey(List.of("pb", "pa"), "Sales", "parent", List.of("b", "a"), Action.CASCADE, Action.SET_NULL));
        assertThat(dialect.describe(raw, "Sales", "parent").shape().key()).as("in the order of the key").containsExactly(1, 0);
        assertThat(child.leftOut()).anyMatch(sentence -> sentence.contains("default of column n")).anyMatch(sentence -> sentence.contains("GENERATED ALWAYS"));
    }

    @Test
    void aSerialColumnIsAnIdentity() throws SQLException {
        database.execute("CREATE TABLE t (id SERIAL PRIMARY KEY, n INT DEFAULT 5)");
        TableDefinition table = dialect.describe(raw, "public", "t");
        assertThat(table.columns().get(0).identity()).isTrue();
        assertThat(table.columns().get(1).identity()).isFalse();
    }

    @Test
    void withoutAPrimaryKeyTheSmallestUniqueKeyThatHoldsAtEveryMomentIsTheKey() throws SQLException {
        database.execute("CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, c INT NOT NULL UNIQUE DEFERRABLE, d INT UNIQUE, e INT NOT NULL, UNIQUE (a, b))", "CREATE UNIQUE INDEX partial ON t (e) WHERE e > 0",
                "CREATE UNIQUE INDEX computed ON t ((e + 1))");
        TableDefinition table = dialect.describe(raw, "public", "t");
        assertThat(table.shape().key()).containsExactly(0, 1);
        assertThat(table.primaryKey()).isFalse();
        assertThat(table.uniqueKeys()).containsExactly(List.of("d"));
        assertThat(table.leftOut()).anyMatch(sentence -> sentence.contains("deferrable")).anyMatch(sentence -> sentence.contains("partial")).anyMatch(sentence -> sentence.contains("computed"));
        database.execute("CREATE TABLE keyless (a INT NOT NULL UNIQUE DEFERRABLE, b INT UNIQUE)");
        assertThatThrownBy(() -> dialect.describe(raw, "public", "keyless")).hasMessageContaining("neither a primary key nor a unique constraint");
    }

    @Test
    void onlyLoggedTablesAreTablesAndPartitionedOnesAre() throws SQLException {
        database.execute("CREATE TABLE parted (id INT PRIMARY KEY) PARTITION BY RANGE (id)", "CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10)", "CREATE UNLOGGED TABLE unlogged (id INT PRIMARY KEY)",
                "CREATE VIEW shown AS SELECT * FROM parted", "CREATE MATERIALIZED VIEW kept AS SELECT * FROM parted");
        for (String none : List.of("unlogged", "shown", "kept", "gone")) {
            assertThat(dialect.describe(raw, "public", none)).as(none).isNull();
        }
        assertThat(dialect.describe(raw, "public", "parted").leftOut()).anyMatch(sentence -> sentence.contains("partitioned by RANGE (id)"));
    }

    @Test
    void columnsThatCannotTravelStayAtHomeWhereNobodyAsksForThem() throws SQLException {
        database.execute("CREATE TABLE t (id INT PRIMARY KEY, file OID NOT NULL UNIQUE, price MONEY, name TEXT UNIQUE, UNIQUE (name, file))");
        TableDefinition table = dialect.describe(raw, "public", "t", List.of("file", "price", "name")::contains);
        assertThat(table.shape().columns()).extracting(ColumnShape::name).as("name can travel").containsExactly("id", "name");
        assertThat(table.uniqueKeys()).containsExactly(List.of("name"));
        assertThat(table.leftOut()).anyMatch(sentence -> sentence.contains("t_file_key")).anyMatch(sentence -> sentence.contains("t_name_file_key"));
        assertThatThrownBy(() -> dialect.describe(raw, "public", "t", "file"::equals)).hasMessageContaining("public.t.price");
        database.execute("CREATE TABLE files (file OID PRIMARY KEY)");
        assertThatThrownBy(() -> dialect.describe(raw, "public", "files", column -> true)).as("a key").hasMessageContaining("public.files.file");
    }

    @Test
    void whatIsOfThisServerAloneIsRefused() throws SQLException {
        for (String type : List.of("money", "oid", "regclass", "xid8", "money[]")) {
            database.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t (id INT PRIMARY KEY, v " + type + ")");
            assertThatThrownBy(() -> dialect.describe(raw, "public", "t")).as(type).hasMessageContaining("public.t.v").hasMessageContaining("cannot travel");
        }
    }

    @Test
    void aNameFromAMessageIsOnlyAName() {
        ColumnType hostile = new ColumnType(SqlType.NATIVE, -1, -1, "\"a\".\"b\"; DROP TABLE t; --", List.of(), List.of());
        assertThat(dialect.typeName(hostile)).isEqualTo("text");
        assertThat(dialect.typeName(new ColumnType(SqlType.NATIVE, 5, -1, "\"pg_catalog\".\"varbit\"", List.of(), List.of()))).isEqualTo("\"pg_catalog\".\"varbit\"(5)");
        assertThat(dialect.typeName(new ColumnType(SqlType.ENUM, -1, -1, "x.y) --", List.of("a"), List.of()))).isEqualTo("text");
    }
}
