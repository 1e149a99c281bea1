// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.RowImage;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/** A condition that is accepted chooses the rows that the database itself chooses by the same text: random conditions and rows on every product. */
class ConditionsAgreeWithDatabasesTest {

    private static final int ROWS = 120;
    private static final Map<String, Subject> SUBJECTS = new LinkedHashMap<>();

    @Property(tries = 80)
    void onH2(@ForAll long seed) throws SQLException {
        subject("h2", () -> "jdbc:h2:mem:", "i1 INT, i2 BIGINT, d1 NUMERIC(12, 2), v1 VARCHAR(20), v2 VARCHAR(20), c1 CHAR(4), f1 BOOLEAN, dt1 DATE, tm1 TIME, ts1 TIMESTAMP(6), u1 UUID").agrees(seed);
    }

    @Property(tries = 80)
    void onPostgres(@ForAll long seed) throws SQLException {
        subject("postgres", () -> PostgresServer.running().freshDatabase().url(), "i1 INT, i2 BIGINT, d1 NUMERIC(12, 2), v1 VARCHAR(20) COLLATE \"C\", v2 TEXT, c1 CHAR(4), f1 BOOLEAN, dt1 DATE, tm1 TIME, ts1 TIMESTAMP(6), u1 UUID").agrees(seed);
    }

    @Property(tries = 80)
    void onMariaDb(@ForAll long seed) throws SQLException {
        subject("mariadb", () -> MariaDbServer.running().freshDatabase().url(), "i1 INT, i2 BIGINT, d1 NUMERIC(12, 2), v1 VARCHAR(20) COLLATE utf8mb4_bin, v2 VARCHAR(20) COLLATE utf8mb4_nopad_bin, "
                + "c1 CHAR(4) COLLATE utf8mb4_bin, f1 BOOLEAN, dt1 DATE, tm1 TIME, ts1 DATETIME(6), u1 UUID").agrees(seed);
    }

    @Property(tries = 80)
    void onSqlite(@ForAll long seed) throws SQLException {
        subject("sqlite", () -> "jdbc:sqlite::memory:", "i1 INT, i2 BIGINT, v1 VARCHAR(20), v2 TEXT, f1 BOOLEAN").agrees(seed);
    }

    @Property(tries = 80)
    void onHsqldb(@ForAll long seed) throws SQLException {
        subject("hsqldb", () -> "jdbc:hsqldb:mem:conditions;hsqldb.tx=mvcc", "i1 INT, i2 BIGINT, d1 NUMERIC(12, 2), v1 VARCHAR(20), v2 VARCHAR(20), c1 CHAR(4), f1 BOOLEAN, dt1 DATE, tm1 TIME, ts1 TIMESTAMP(6), u1 UUID").agrees(seed);
    }

    @AfterContainer
    static void close() throws SQLException {
        for (Subject subject : SUBJECTS.values()) {
            subject.raw.close();
            assertThat(subject.accepted).as(subject.name + " accepts").isGreaterThan(5);
            assertThat(subject.texts).as("of these, look at texts on " + subject.name).isPositive();
            assertThat(subject.decisive).as("of these, choose some and not all on " + subject.name).isGreaterThan(2);
        }
        SUBJECTS.clear();
    }

    private interface Url {
        String make() throws SQLException;
    }

    private static Subject subject(String name, Url url, String columns) throws SQLException {
        Subject known = SUBJECTS.get(name);
        if (known == null) {
            known = new Subject(name, DriverManager.getConnection(url.make()), columns);
            SUBJECTS.put(name, known);
        }
        return known;
    }

    /** A table of one database, with rows made up by chance. */
    private static final class Subject {

        private final String name;
        private final Connection raw;
        private final Dialect dialect;
        private final TableShape table;
        private final List<String> columns;
        private final Map<Integer, RowImage> rows = new TreeMap<>();
        private int accepted;
        private int texts;
        private int decisive;

        Subject(String name, Connection raw, String columns) throws SQLException {
            this.name = name;
            this.raw = raw;
            this.dialect = Dialects.of(raw);
            try (Statement statement = raw.createStatement()) {
                statement.execute("CREATE TABLE chosen (id INT PRIMARY KEY, " + columns + ")");
            }
            this.table = dialect.describe(raw, dialect.currentSchema(raw), dialect.fold("chosen")).shape();
            this.columns = table.columns().stream().map(column -> column.name().toLowerCase(Locale.ROOT)).filter(column -> !column.equals("id")).toList();
            fill(new SplittableRandom(1));
            read();
        }

        private void fill(RandomGenerator random) throws SQLException {
            String sql = "INSERT INTO chosen VALUES (?" + ", ?".repeat(columns.size()) + ")";
            try (PreparedStatement insert = raw.prepareStatement(sql)) {
                for (int row = 0; row < ROWS; row++) {
                    insert.setInt(1, row);
                    for (int i = 0; i < columns.size(); i++) {
                        ColumnShape column = table.columns().get(i + 1);
                        dialect.bind(insert, i + 2, random.nextInt(6) == 0 ? null : value(column, random), column.type());
                    }
                    insert.executeUpdate();
                }
            }
        }

        private static Object value(ColumnShape column, RandomGenerator random) {
            return switch (column.type().kind()) {
                case INTEGER -> column.name().toLowerCase(Locale.ROOT).startsWith("f") ? random.nextLong(2) : random.nextLong(-3, 12);
                case DECIMAL, DECFLOAT -> new BigDecimal(List.of("10.50", "0.00", "-3.25", "7.00", "99999999.99").get(random.nextInt(5)));
                case BOOLEAN -> random.nextBoolean();
                case DATE -> LocalDate.parse(RandomConditions.DATES.get(random.nextInt(3)));
                case TIME -> LocalTime.parse(RandomConditions.TIMES.get(random.nextInt(3)));
                case TIMESTAMP -> LocalDate.parse(RandomConditions.DATES.get(random.nextInt(3))).atTime(LocalTime.parse(RandomConditions.TIMES.get(random.nextInt(3))));
                case UUID -> UUID.fromString(RandomConditions.UUIDS.get(random.nextInt(2)));
                default -> {
                    String text = RandomConditions.TEXTS.get(random.nextInt(RandomConditions.TEXTS.size()));
                    yield column.type().type() == SqlType.CHAR && text.length() > 4 ? "abcd" : text;
                }
            };
        }

        private void read() throws SQLException {
            String sql = "SELECT " + table.columns().stream().map(dialect::selected).collect(Collectors.joining(", ")) + " FROM chosen";
            try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    Object[] values = new Object[table.columns().size()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = dialect.read(row, i + 1, table.columns().get(i).type());
                    }
                    rows.put(row.getInt(1), new RowImage(values));
                }
            }
        }

        void agrees(long seed) throws SQLException {
            String text = new RandomConditions(new SplittableRandom(seed), columns).condition(3);
            Condition condition = accepted(text);
            if (condition == null) {
                return;
            }
            RowCondition ours = new RowCondition(condition, table);
            Set<Integer> chosen = rows.entrySet().stream().filter(row -> ours.holds(row.getValue())).map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
            Set<Integer> expected = new TreeSet<>();
            try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT id FROM chosen WHERE " + text)) {
                while (row.next()) {
                    expected.add(row.getInt(1));
                }
            }
            assertThat(chosen).as(name + ": " + text).isEqualTo(expected);
            Condition again = Condition.ofText(condition.text());
            assertThat(again.text()).isEqualTo(condition.text());
            accepted++;
            texts += condition.names().stream().anyMatch(each -> each.equalsIgnoreCase("v1")) ? 1 : 0;
            decisive += chosen.isEmpty() || chosen.size() == ROWS ? 0 : 1;
        }

        /** Null when it is refused. */
        private Condition accepted(String text) throws SQLException {
            Condition.Parsed parsed = Condition.parse(text, 0);
            assertThat(parsed.end()).isEqualTo(text.length());
            try {
                return parsed.condition().resolved(this::find);
            } catch (SQLException refused) {
                assertThat(WaybillError.CONDITION_REFUSED.is(refused)).as(refused.getMessage()).isTrue();
                return null;
            }
        }

        private Term.Column find(Term.Column written) throws SQLException {
            String kept = dialect.fold(written.name());
            ColumnShape column = table.columns().stream().filter(each -> each.name().equals(kept)).findFirst().orElseThrow();
            boolean text = column.type().type() == SqlType.CHAR || column.type().type() == SqlType.VARCHAR;
            return written.found(kept, column.type(), text ? dialect.textRule(raw, new TableName(table.schema(), table.name()), column) : null);
        }
    }
}
