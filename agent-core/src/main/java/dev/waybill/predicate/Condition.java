// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import dev.waybill.change.KeyImage;
import dev.waybill.change.SqlType;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A condition on one row, as {@code WHERE} of an article has it. Immutable; any thread.
 *
 * <p>As it is read it is only well formed. {@link #resolved} finds its columns and refuses what would not be decided exactly as the database does; only what that gives may be asked about a row.
 */
public sealed interface Condition {

    /** Of this row. */
    Truth of(Row row);

    /** As it would be written, with names in quotes: reading it again gives the same. */
    String text();

    /** Hands out every column that is looked at. */
    void columns(Consumer<Term.Column> each);

    /**
     * The same with its columns found.
     *
     * @throws SQLException CONDITION_REFUSED where it could not be decided as the database does
     */
    Condition resolved(Columns columns) throws SQLException;

    /** Names of the columns that are looked at, each once. */
    default Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        columns(column -> names.add(column.name()));
        return names;
    }

    /** Hands out every audience that is asked for. */
    default void audiences(Consumer<Among> each) {
        if (this instanceof Among among) {
            each.accept(among);
        } else if (this instanceof Several several) {
            several.parts().forEach(part -> part.audiences(each));
        }
    }

    /** Whether the row belongs: what is not known to be true is not. */
    default boolean holds(Row row) {
        return of(row) == Truth.TRUE;
    }

    /**
     * Reads the condition that begins there and ends where it cannot go on.
     *
     * @throws SQLException STATEMENT_SYNTAX with the position and what is expected there
     */
    static Parsed parse(String sql, int from) throws SQLException {
        return ConditionParser.of(sql, from).parse();
    }

    /** Reads what {@link #text} gave. */
    static Condition ofText(String text) throws SQLException {
        return ConditionParser.ofOurs(text).parse().condition();
    }

    /** Reads what the text of a column gave. */
    static Term.Column columnOfText(String text) throws SQLException {
        return ((Claim) ofText(text)).column();
    }

    /**
     * Whether this column has the value that a person wrote as text.
     *
     * @throws SQLException CONDITION_REFUSED when the column cannot have it, or is not compared exactly
     */
    static Condition ofValue(Term.Column column, String value) throws SQLException {
        return new Comparison(Operator.EQUAL, column, new Term.Constant(Family.read(column, value))).resolved(found -> found);
    }

    /**
     * Whether one of several values, which are worked out elsewhere, is the one that a person wrote as text: the audience of a row, see {@link Among}.
     *
     * @param publication whose audience it is
     * @param looked      what has to be known of the row itself
     * @param value       the column that the values come from
     * @param otherwise   what decides where the audience is not told; null where nothing else can
     * @throws SQLException CONDITION_REFUSED when the column cannot have it
     */
    static Condition among(String publication, List<Term.Column> looked, Term.Column value, String wanted, Condition otherwise) throws SQLException {
        return new Among(publication, looked, value, Family.key(value, wanted), otherwise);
    }

    /** A condition, and where it ends in its text. */
    record Parsed(Condition condition, int end) {}

    /** All of these, or any of these. */
    record Several(boolean all, List<Condition> parts) implements Condition {
        public Several {
            parts = List.copyOf(parts);
        }

        @Override
        public Truth of(Row row) {
            Truth decides = all ? Truth.FALSE : Truth.TRUE;
            Truth result = decides.not();
            for (Condition part : parts) {
                Truth truth = part.of(row);
                if (truth == decides) {
                    return decides;
                } else if (truth == Truth.UNKNOWN) {
                    result = Truth.UNKNOWN;
                }
            }
            return result;
        }

        @Override
        public String text() {
            return parts.stream().map(Condition::text).collect(Collectors.joining(all ? " AND " : " OR ", "(", ")"));
        }

        @Override
        public void columns(Consumer<Term.Column> each) {
            parts.forEach(part -> part.columns(each));
        }

        @Override
        public Condition resolved(Columns columns) throws SQLException {
            List<Condition> resolved = new ArrayList<>();
            for (Condition part : parts) {
                resolved.add(part.resolved(columns));
            }
            return new Several(all, resolved);
        }
    }

    /** The contrary; what is not known stays so. */
    record Not(Condition part) implements Condition {

        @Override
        public Truth of(Row row) {
            return part.of(row).not();
        }

        @Override
        public String text() {
            return "NOT (" + part.text() + ")";
        }

        @Override
        public void columns(Consumer<Term.Column> each) {
            part.columns(each);
        }

        @Override
        public Condition resolved(Columns columns) throws SQLException {
            return new Not(part.resolved(columns));
        }
    }

    /** {@code left operator right}. */
    record Comparison(Operator operator, Term left, Term right) implements Condition {

        @Override
        public Truth of(Row row) {
            Object a = left.value(row);
            Object b = right.value(row);
            return a == null || b == null ? Truth.UNKNOWN : Truth.of(operator.holds(Comparing.compare(a, b, rule(left, right))));
        }

        @Override
        public String text() {
            return left.text() + " " + operator.sign() + " " + right.text();
        }

        @Override
        public void columns(Consumer<Term.Column> each) {
            left.columns(each);
            right.columns(each);
        }

        @Override
        public Condition resolved(Columns columns) throws SQLException {
            List<Term> terms = Family.together(List.of(left.resolved(columns), right.resolved(columns)), operator.isOrder(), text());
            return new Comparison(operator, terms.get(0), terms.get(1));
        }

        private static TextRule rule(Term left, Term right) {
            return left.family() != Family.TEXT ? null : left instanceof Term.Column column ? column.rule() : ((Term.Column) right).rule();
        }
    }

    /** {@code term IN (…)}. */
    record In(Term term, List<Term> list) implements Condition {
        public In {
            list = List.copyOf(list);
        }

        @Override
        public Truth of(Row row) {
            Truth result = Truth.FALSE;
            for (Term each : list) {
                Truth truth = new Comparison(Operator.EQUAL, term, each).of(row);
                if (truth == Truth.TRUE) {
                    return truth;
                } else if (truth == Truth.UNKNOWN) {
                    result = truth;
                }
            }
            return result;
        }

        @Override
        public String text() {
            return term.text() + list.stream().map(Term::text).collect(Collectors.joining(", ", " IN (", ")"));
        }

        @Override
        public void columns(Consumer<Term.Column> each) {
            term.columns(each);
            list.forEach(one -> one.columns(each));
        }

        @Override
        public Condition resolved(Columns columns) throws SQLException {
            Term found = term.resolved(columns);
            if (Family.column(found) == null) {
                throw WaybillError.CONDITION_REFUSED.with(text(), 1, "no column stands before IN", "Write the column first");
            } else if (found instanceof Term.Column column && column.type().type() == SqlType.CHAR && list.size() > 1) {
                throw WaybillError.CONDITION_REFUSED.with(text(), column.at() + 1, "databases differ in what the spaces at the end of " + column.text() + " mean to IN", "Write several comparisons with =, joined by OR");
            }
            List<Term> same = new ArrayList<>();
            for (Term each : list) {
                same.add(Family.together(List.of(found, each.resolved(columns)), false, text()).get(1));
            }
            return new In(found, same);
        }
    }

    /** {@code term IS NULL}. */
    record IsNull(Term term) implements Condition {

        @Override
        public Truth of(Row row) {
            return Truth.of(term.value(row) == null);
        }

        @Override
        public String text() {
            return term.text() + " IS NULL";
        }

        @Override
        public void columns(Consumer<Term.Column> each) {
            term.columns(each);
        }

        @Override
        public Condition resolved(Columns columns) throws SQLException {
            return new IsNull(term.resolved(columns));
        }
    }

    /** {@code column LIKE 'pattern'}. */
    record Like(Term.Column column, Pattern pattern) implements Condition {

        @Override
        public Truth of(Row row) {
            Object value = column.value(row);
            return value == null ? Truth.UNKNOWN : Truth.of(pattern.matches(Comparing.text(value), column.rule().like()));
        }

        @Override
        public String text() {
            return column.text() + " LIKE " + pattern.text();
        }

        @Override
        public void columns(Consumer<Term.Column> each) {
            each.accept(column);
        }

        @Override
        public Condition resolved(Columns columns) throws SQLException {
            Term.Column found = columns.find(column);
            if (found.family() != Family.TEXT || found.rule() == null || found.rule().like() == TextRule.Units.UNKNOWN) {
                throw WaybillError.CONDITION_REFUSED.with(text(), column.at() + 1, "LIKE on " + column.text() + " is not exact in this database, or it is no text of variable length", "Use = or IN");
            }
            return new Like(found, pattern);
        }
    }

    /**
     * One value among those that say who gets the row; its text is told apart from others, and cannot be read again. They are worked out by whoever asks, who gives them as a set of {@link KeyImage} under the name {@link #name}.
     *
     * @param publication whose audience it is
     * @param looked      columns of the row by which the values are found
     * @param value       where they come from
     * @param wanted      the one that is asked for; null for one that no row has
     * @param otherwise   what decides where they are not told; null where that is not known
     */
    record Among(String publication, List<Term.Column> looked, Term.Column value, KeyImage wanted, Condition otherwise) implements Condition {
        public Among {
            looked = List.copyOf(looked);
        }

        /** Under which a row has its audience: no column has this name. */
        public static String name(String publication) {
            return "\0" + publication;
        }

        @Override
        public Truth of(Row row) {
            if (row.value(name(publication)) instanceof Set<?> audience) {
                return Truth.of(wanted != null && audience.contains(wanted));
            }
            return otherwise == null ? Truth.UNKNOWN : otherwise.of(row);
        }

        @Override
        public String text() {
            return "(" + (wanted == null ? "nothing" : HexFormat.of().formatHex(wanted.bytes())) + " among " + value.text() + " of " + publication + ")";
        }

        @Override
        public void columns(Consumer<Term.Column> each) {
            looked.forEach(each);
        }

        @Override
        public Condition resolved(Columns columns) {
            return this;
        }
    }

    /** A column that is true or false itself. */
    record Claim(Term.Column column) implements Condition {

        @Override
        public Truth of(Row row) {
            Object value = column.value(row);
            return value == null ? Truth.UNKNOWN : Truth.of((Boolean) value);
        }

        @Override
        public String text() {
            return column.text();
        }

        @Override
        public void columns(Consumer<Term.Column> each) {
            each.accept(column);
        }

        @Override
        public Condition resolved(Columns columns) throws SQLException {
            Term.Column found = columns.find(column);
            if (found.family() != Family.BOOLEAN) {
                throw WaybillError.CONDITION_REFUSED.with(text(), column.at() + 1, column.text() + " is no BOOLEAN", "Compare it with something");
            }
            return new Claim(found);
        }
    }

    /** How two values are compared. */
    enum Operator {
        EQUAL("="), UNEQUAL("<>"), LESS("<"), AT_MOST("<="), GREATER(">"), AT_LEAST(">=");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }

        /** Whether it needs an order. */
        boolean isOrder() {
            return this != EQUAL && this != UNEQUAL;
        }

        boolean holds(int compared) {
            return switch (this) {
                case EQUAL -> compared == 0;
                case UNEQUAL -> compared != 0;
                case LESS -> compared < 0;
                case AT_MOST -> compared <= 0;
                case GREATER -> compared > 0;
                case AT_LEAST -> compared >= 0;
            };
        }
    }
}
