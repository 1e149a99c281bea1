// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables of the benchmarks: all published but {@code item} and {@code private_sale}. */
final class Schema {

    static final int ROWS = 10_000;
    static final int BRANCHES = 16;

    private static final String SALE = " (id BIGINT PRIMARY KEY, shop INT NOT NULL, customer VARCHAR(80), amount NUMERIC(12, 2), at TIMESTAMP, paid BOOLEAN, weight DOUBLE PRECISION, note VARCHAR(200))";

    private static final List<String> STATEMENTS = List.of(
            "CREATE TABLE item (id BIGINT PRIMARY KEY, name VARCHAR(80), price NUMERIC(12, 2), quantity INT, at TIMESTAMP)",
            "INSERT INTO item SELECT x, 'item ' || x, x / 100.0, x, TIMESTAMP '2026-01-01 00:00:00' FROM SYSTEM_RANGE(1, " + ROWS + ")",
            "CREATE TABLE private_sale" + SALE,
            "CREATE TABLE sale" + SALE,
            "CREATE TABLE branch (id INT PRIMARY KEY, balance BIGINT NOT NULL, filler VARCHAR(88))",
            "CREATE TABLE teller (id INT PRIMARY KEY, balance BIGINT NOT NULL, filler VARCHAR(84))",
            "CREATE TABLE account (id INT PRIMARY KEY, balance BIGINT NOT NULL, filler VARCHAR(84))",
            "CREATE TABLE history (id BIGINT PRIMARY KEY, branch INT, account INT, delta INT, filler VARCHAR(22))",
            "INSERT INTO branch SELECT x, 0, 'branch' FROM SYSTEM_RANGE(0, " + (BRANCHES - 1) + ")",
            "INSERT INTO teller SELECT x, 0, 'teller' FROM SYSTEM_RANGE(0, " + (BRANCHES * 10 - 1) + ")",
            "INSERT INTO account SELECT x, 0, 'account' FROM SYSTEM_RANGE(0, " + (BRANCHES * 1000 - 1) + ")");

    private Schema() {}

    /** @param range the product's table function of numbers from one to another */
    static void create(Connection connection, String range) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : STATEMENTS) {
                statement.execute(sql.replace("SYSTEM_RANGE", range).replaceFirst("(generate_series\\([^)]*\\))", "$1 AS numbers(x)"));
            }
        }
    }

    static void publish(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("GRANT PUBLISH TO hq");
            statement.execute("CREATE PUBLICATION sales (TABLE sale, TABLE branch, TABLE teller, TABLE account, TABLE history)");
        }
    }

    /** What captures the same on PostgreSQL without a driver. */
    static void trigger(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE FUNCTION capture() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                    + " INSERT INTO trail (payload) VALUES (convert_to(jsonb_build_object('table', TG_TABLE_NAME, 'operation', TG_OP, 'old', to_jsonb(OLD), 'new', to_jsonb(NEW))::text, 'UTF8')); RETURN NULL; END $$");
            for (String table : List.of("sale", "branch", "teller", "account", "history")) {
                statement.execute("CREATE TRIGGER capture AFTER INSERT OR UPDATE OR DELETE ON " + table + " FOR EACH ROW EXECUTE FUNCTION capture()");
            }
        }
    }
}
