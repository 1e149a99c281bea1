// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Conditions made up by chance, as people could write them, of the columns that a table has. */
final class RandomConditions {

    static final List<String> TEXTS = List.of("", " ", "a", "A", "a ", "ab", "AB", "ab  ", "abc", "b", "a_", "a%", "a!", "ä", "Ä", "z", "it's", "\t", "a\t", "1", "TRUE");
    static final List<String> NUMBERS = List.of("0", "1", "-1", "2", "7", "10.50", "10.5", "-3.25", "99999999.99", "9223372036854775807", "100");
    static final List<String> DATES = List.of("2026-01-31", "1999-12-31", "2024-02-29");
    static final List<String> TIMES = List.of("00:00:00", "12:30:00", "23:59:59");
    static final List<String> UUIDS = List.of("00000000-0000-0000-0000-000000000001", "123e4567-e89b-12d3-a456-426614174000");

    private static final List<String> OPERATORS = List.of("=", "<>", "<", "<=", ">", ">=");

    private final RandomGenerator random;
    private final List<String> columns;

    /** @param columns {@code i1 i2} whole numbers, {@code d1} decimals, {@code v1 v2 c1} texts, {@code f1} booleans, {@code dt1 tm1 ts1} times, {@code u1} UUIDs: those that there are */
    RandomConditions(RandomGenerator random, List<String> columns) {
        this.random = random;
        this.columns = columns;
    }

    String condition(int depth) {
        return switch (depth == 0 ? 9 : random.nextInt(10)) {
            case 0, 1 -> condition(depth - 1) + " AND " + condition(depth - 1);
            case 2, 3 -> "(" + condition(depth - 1) + " OR " + condition(depth - 1) + ")";
            case 4 -> "NOT (" + condition(depth - 1) + ")";
            case 5 -> "not " + predicate();
            default -> predicate();
        };
    }

    private String predicate() {
        String column = columns.get(random.nextInt(columns.size()));
        if (random.nextInt(8) == 0) {
            return column + (random.nextBoolean() ? " IS NULL" : " IS NOT NULL");
        } else if (column.startsWith("f")) {
            return random.nextBoolean() ? column : column + (random.nextBoolean() ? " = TRUE" : " <> FALSE");
        }
        boolean counted = column.startsWith("i") || column.startsWith("d1");
        String left = counted && random.nextInt(3) == 0 ? sum(column) : column;
        return switch (random.nextInt(6)) {
            case 0 -> left + (random.nextBoolean() ? " IN (" : " NOT IN (") + IntStream.range(0, 1 + random.nextInt(3)).mapToObj(i -> constant(column)).collect(Collectors.joining(", ")) + ")";
            case 1 -> left + (random.nextBoolean() ? " BETWEEN " : " NOT BETWEEN ") + constant(column) + " AND " + constant(column);
            case 2 -> column.startsWith("v") ? column + (random.nextBoolean() ? " LIKE " : " NOT LIKE ") + pattern() : left + compared(column);
            default -> left + compared(column);
        };
    }

    private String compared(String column) {
        List<String> same = columns.stream().filter(other -> other.startsWith(column.substring(0, column.length() - 1))).toList();
        String other = random.nextInt(5) == 0 ? same.get(random.nextInt(same.size())) : constant(column);
        return " " + OPERATORS.get(random.nextInt(OPERATORS.size())) + " " + other;
    }

    private String sum(String column) {
        String sign = List.of(" + ", " - ", " * ").get(random.nextInt(3));
        return random.nextInt(4) == 0 ? "(" + column + sign + "3) * 2" : column + sign + (1 + random.nextInt(9));
    }

    private String pattern() {
        String pattern = IntStream.range(0, 1 + random.nextInt(4)).mapToObj(i -> List.of("%", "_", "a", "b", "A", " ", "ä", "it''s", "!%", "!!").get(random.nextInt(10))).collect(Collectors.joining());
        return "'" + pattern + "'" + (pattern.contains("!") ? " ESCAPE '!'" : "");
    }

    private String constant(String column) {
        return switch (column.replaceAll("\\d", "")) {
            case "i", "d" -> any(NUMBERS);
            case "dt" -> "DATE '" + any(DATES) + "'";
            case "tm" -> "TIME '" + any(TIMES) + "'";
            case "ts" -> "TIMESTAMP '" + any(DATES) + " " + any(TIMES) + "'";
            case "u" -> "'" + any(UUIDS) + "'";
            default -> "'" + any(TEXTS).replace("'", "''") + "'";
        };
    }

    private String any(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }
}
