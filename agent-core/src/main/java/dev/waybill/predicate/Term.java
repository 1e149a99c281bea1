// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import dev.waybill.change.ColumnType;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/** A value inside of a condition: read from the row, written there, or worked out of both. Immutable; any thread. */
public sealed interface Term {

    /** Null for SQL NULL. */
    Object value(Row row);

    /** As it would be written, with names in quotes. */
    String text();

    /** Hands out every column that is read. */
    void columns(Consumer<Column> each);

    /** The same with its columns found. */
    Term resolved(Columns columns) throws SQLException;

    /** What kind of value it is; only where its columns are found. */
    Family family();

    /**
     * A column.
     *
     * @param name   as written; when found, as the database keeps it
     * @param quoted whether it was written in quotes
     * @param at     where it stands in the statement, from 0
     * @param type   null before it is found
     * @param rule   how its text is compared; null before it is found, and where it is no text
     */
    record Column(String name, boolean quoted, int at, ColumnType type, TextRule rule) implements Term {

        /** As a statement names it. */
        public static Column written(String name, boolean quoted, int at) {
            return new Column(name, quoted, at, null, null);
        }

        /**
         * The same, found.
         *
         * @throws SQLException CONDITION_REFUSED for a column of which nothing can be asked
         */
        public Column found(String kept, ColumnType ofType, TextRule byRule) throws SQLException {
            if (!Family.isShort(ofType)) {
                throw WaybillError.CONDITION_REFUSED.with(text(), at + 1, name + " is " + ofType.type() + ", which may be long, or is compared in different ways by databases", "Keep what the condition needs in a column of another type");
            }
            return new Column(kept, true, at, ofType, byRule);
        }

        /**
         * That equal values are found equal.
         *
         * @throws SQLException CONDITION_REFUSED
         */
        public void expectExact() throws SQLException {
            Family.together(List.of(this, this), false, text());
        }

        @Override
        public Object value(Row row) {
            return row.value(name);
        }

        @Override
        public String text() {
            return quoted ? '"' + name.replace("\"", "\"\"") + '"' : name;
        }

        @Override
        public void columns(Consumer<Column> each) {
            each.accept(this);
        }

        @Override
        public Term resolved(Columns columns) throws SQLException {
            return columns.find(this);
        }

        @Override
        public Family family() {
            return Family.of(type);
        }
    }

    /** A value that is written: a BigDecimal, String, Boolean, LocalDate, LocalTime, LocalDateTime or UUID. */
    record Constant(Object constant) implements Term {

        @Override
        public Object value(Row row) {
            return constant;
        }

        @Override
        public String text() {
            return Family.text(constant);
        }

        @Override
        public void columns(Consumer<Column> each) {
            // It reads none.
        }

        @Override
        public Term resolved(Columns columns) {
            return this;
        }

        @Override
        public Family family() {
            return Family.of(constant);
        }
    }

    /** A sum, a difference, a product: exact, and without a limit. */
    record Arithmetic(char sign, Term left, Term right) implements Term {

        @Override
        public Object value(Row row) {
            BigDecimal a = number(left.value(row));
            BigDecimal b = number(right.value(row));
            if (a == null || b == null) {
                return null;
            }
            return switch (sign) {
                case '+' -> a.add(b);
                case '-' -> a.subtract(b);
                default -> a.multiply(b);
            };
        }

        private static BigDecimal number(Object value) {
            return value instanceof Long whole ? BigDecimal.valueOf(whole) : (BigDecimal) value;
        }

        @Override
        public String text() {
            return "(" + left.text() + " " + sign + " " + right.text() + ")";
        }

        @Override
        public void columns(Consumer<Column> each) {
            left.columns(each);
            right.columns(each);
        }

        @Override
        public Term resolved(Columns columns) throws SQLException {
            Arithmetic resolved = new Arithmetic(sign, left.resolved(columns), right.resolved(columns));
            Family.expectCountable(resolved.left, resolved);
            Family.expectCountable(resolved.right, resolved);
            return resolved;
        }

        @Override
        public Family family() {
            return Family.NUMBER;
        }
    }
}
