// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The tables of the benchmarks: all published but {@code item} and {@code private_sale}. */
final class Schema {

    static final int ROWS = 10_000;
    static final int BRANCHES = 16;

    private static final String SALE = " (id BIGINT PRIMARY KEY, shop INT NOT NULL, customer VARCHAR(80), amount NUMERIC(12, 2), sold TIMESTAMP, paid BOOLEAN, weight DOUBLE PRECISION, note VARCHAR(200))";

    private static final List<String> STATEMENTS = List.of(
            "CREATE TABLE item (id BIGINT PRIMARY KEY, name VARCHAR(80), price NUMERIC(12, 2), quantity INT, since TIMESTAMP)",
            "INSERT INTO item SELECT x, CONCAT('item ', x), x / 100.0, x, '2026-01-01 00:00:00.000' FROM RANGE(1, " + ROWS + ")",
            "CREATE TABLE private_sale" + SALE,
            "CREATE TABLE sale" + SALE,
            "CREATE TABLE branch (id INT PRIMARY KEY, balance BIGINT NOT NULL, filler VARCHAR(88))",
            "CREATE TABLE teller (id INT PRIMARY KEY, balance BIGINT NOT NULL, filler VARCHAR(84))",
            "CREATE TABLE account (id INT PRIMARY KEY, balance BIGINT NOT NULL, filler VARCHAR(84))",
            "CREATE TABLE history (id BIGINT PRIMARY KEY, branch INT, account INT, delta INT, filler VARCHAR(22))",
            "INSERT INTO branch SELECT x, 0, 'branch' FROM RANGE(0, " + (BRANCHES - 1) + ")",
            "INSERT INTO teller SELECT x, 0, 'teller' FROM RANGE(0, " + (BRANCHES * 10 - 1) + ")",
            "INSERT INTO account SELECT x, 0, 'account' FROM RANGE(0, " + (BRANCHES * 1000 - 1) + ")");

    private Schema() {}

    /** @param range the product's table of the numbers x from $1 to $2 */
    static void create(Connection connection, String range) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : STATEMENTS) {
                statement.execute(sql.replaceFirst("RANGE\\((\\d+), (\\d+)\\)", range));
            }
        }
    }

    static void publish(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("GRANT PUBLISH TO hq");
            statement.execute("CREATE PUBLICATION sales (TABLE sale, TABLE branch, TABLE teller, TABLE account, TABLE history)");
        }
    }

    /** What captures the same on MariaDB and SQLite without a driver: triggers that write old and new rows as JSON. */
    static void triggers(Connection connection, String begin, String end) throws SQLException {
        Map<String, List<String>> tables = Map.of("sale", List.of("id", "shop", "customer", "amount", "sold", "paid", "weight", "note"), "history", List.of("id", "branch", "account", "delta", "filler"),
                "branch", List.of("id", "balance", "filler"), "teller", List.of("id", "balance", "filler"), "account", List.of("id", "balance", "filler"));
        try (Statement statement = connection.createStatement()) {
            for (Map.Entry<String, List<String>> table : tables.entrySet()) {
                for (String operation : List.of("INSERT", "UPDATE", "DELETE")) {
                    String old = operation.equals("INSERT") ? "NULL" : row("OLD", table.getValue());
                    String now = operation.equals("DELETE") ? "NULL" : row("NEW", table.getValue());
                    statement.execute("CREATE TRIGGER " + table.getKey() + "_" + operation + " AFTER " + operation + " ON " + table.getKey() + " FOR EACH ROW " + begin
                            + "INSERT INTO trail (payload) VALUES (JSON_OBJECT('table', '" + table.getKey() + "', 'operation', '" + operation + "', 'old', " + old + ", 'new', " + now + "))" + end);
                }
            }
        }
    }

    private static String row(String which, List<String> columns) {
        return columns.stream().map(column -> "'" + column + "', " + which + "." + column).collect(Collectors.joining(", ", "JSON_OBJECT(", ")"));
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
