// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import dev.waybill.change.ColumnType;
import dev.waybill.change.KeyImage;
import dev.waybill.change.SqlType;
import dev.waybill.change.ValueKind;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Kinds of values that may be compared with one another, and in which way. */
enum Family {
    NUMBER("a number"), TEXT("a text in quotes"), BOOLEAN("TRUE or FALSE"), DATE("DATE '2026-01-31'"), TIME("TIME '23:59:59'"), TIMESTAMP("TIMESTAMP '2026-01-31 23:59:59'"),
    UUID("a UUID in quotes"),
    /** Can only be asked for NULL. */
    OTHER("IS NULL");

    private static final int NANO_DIGITS = 9;
    private static final DateTimeFormatter CLOCK = new DateTimeFormatterBuilder().appendPattern("HH:mm:ss").appendFraction(ChronoField.NANO_OF_SECOND, 0, NANO_DIGITS, true).toFormatter();

    private final String example;

    Family(String example) {
        this.example = example;
    }

    static Family of(ColumnType type) {
        return switch (type.kind()) {
            case INTEGER, DECIMAL, DECFLOAT -> NUMBER;
            case TEXT -> type.type() == SqlType.CHAR || type.type() == SqlType.VARCHAR ? TEXT : OTHER;
            case BOOLEAN -> BOOLEAN;
            case DATE -> DATE;
            case TIME -> TIME;
            case TIMESTAMP -> TIMESTAMP;
            case UUID -> UUID;
            default -> OTHER;
        };
    }

    /** Whether a column of this type can be looked at at all: what may be long is not. */
    static boolean isShort(ColumnType type) {
        return of(type) != OTHER || switch (type.kind()) {
            case REAL, DOUBLE, TIME_WITH_ZONE, TIMESTAMP_WITH_ZONE, INTERVAL -> true;
            case TEXT -> type.type() == SqlType.ENUM || type.type() == SqlType.VARCHAR_IGNORECASE;
            default -> false;
        };
    }

    static Family of(Object constant) {
        if (constant instanceof BigDecimal) {
            return NUMBER;
        } else if (constant instanceof Boolean) {
            return BOOLEAN;
        } else if (constant instanceof LocalDate) {
            return DATE;
        } else if (constant instanceof LocalTime) {
            return TIME;
        } else if (constant instanceof LocalDateTime) {
            return TIMESTAMP;
        }
        return constant instanceof UUID ? UUID : TEXT;
    }

    /** The constant as it would be written. */
    static String text(Object constant) {
        return switch (of(constant)) {
            case NUMBER -> ((BigDecimal) constant).toPlainString();
            case BOOLEAN -> constant.equals(true) ? "TRUE" : "FALSE";
            case DATE -> "DATE '" + constant + "'";
            case TIME -> "TIME '" + CLOCK.format((LocalTime) constant) + "'";
            case TIMESTAMP -> "TIMESTAMP '" + ((LocalDateTime) constant).toLocalDate() + " " + CLOCK.format((LocalDateTime) constant) + "'";
            default -> "'" + constant.toString().replace("'", "''") + "'";
        };
    }

    /** The value of this column that is written so. */
    static Object read(Term.Column column, String text) throws SQLException {
        try {
            return switch (of(column.type())) {
                case NUMBER -> new BigDecimal(text);
                case DATE -> LocalDate.parse(text);
                case UUID -> java.util.UUID.fromString(text);
                default -> text;
            };
        } catch (IllegalArgumentException | DateTimeException malformed) {
            throw WaybillError.CONDITION_REFUSED.because(malformed, column.text() + " = '" + text + "'", column.at() + 1, "that is no value of the column", "Write " + of(column.type()).example);
        }
    }

    /** The canonical form of the value of this column that is written so; null where no row can have it. */
    static KeyImage key(Term.Column column, String text) throws SQLException {
        Object value = read(column, text);
        if (column.type().kind() != ValueKind.INTEGER) {
            return KeyImage.ofValue(column.type(), value);
        }
        try {
            return KeyImage.ofValue(column.type(), ((BigDecimal) value).longValueExact());
        } catch (ArithmeticException none) {
            return null;
        }
    }

    /** The terms of a comparison, found: constants that are to become something else have become it. */
    static List<Term> together(List<Term> terms, boolean ordered, String whole) throws SQLException {
        Term leading = terms.stream().filter(term -> column(term) != null).findFirst().orElse(null);
        if (leading == null) {
            throw WaybillError.CONDITION_REFUSED.with(whole, 1, "no column stands in it", "Compare a column with something");
        }
        Term.Column lead = column(leading);
        Family family = leading.family();
        if (family == OTHER) {
            throw WaybillError.CONDITION_REFUSED.with(whole, lead.at() + 1, "databases compare " + lead.type().type() + " in different ways", "Ask for NULL only, or keep what the condition needs in a column of another type");
        }
        List<Term> same = new ArrayList<>();
        for (Term term : terms) {
            same.add(expect(family, term, lead, whole));
        }
        expectOrder(family, same, lead, ordered, whole);
        return same;
    }

    private static Term expect(Family family, Term term, Term.Column lead, String whole) throws SQLException {
        if (family == UUID && term instanceof Term.Constant constant && constant.constant() instanceof String text) {
            try {
                return new Term.Constant(java.util.UUID.fromString(text));
            } catch (IllegalArgumentException none) {
                throw WaybillError.CONDITION_REFUSED.because(none, whole, lead.at() + 1, "'" + text + "' is no UUID", "Correct it");
            }
        }
        if (term.family() != family) {
            throw WaybillError.CONDITION_REFUSED.with(whole, lead.at() + 1, lead.text() + " is compared with something of another kind", "Compare it with " + family.example + ", or with another column of its kind");
        }
        return term;
    }

    private static void expectOrder(Family family, List<Term> terms, Term.Column lead, boolean ordered, String whole) throws SQLException {
        if (ordered && (family == BOOLEAN || family == UUID)) {
            throw WaybillError.CONDITION_REFUSED.with(whole, lead.at() + 1, "databases order " + lead.type().type() + " in different ways", "Use = or <>");
        }
        for (Term term : terms) {
            Term.Column column = column(term);
            if (family != TEXT || column == null) {
                continue;
            } else if (column.rule() == null) {
                throw WaybillError.CONDITION_REFUSED.with(whole, column.at() + 1, column.text() + " has a collation by which different texts are equal, or of which this is not known", "Give the column a binary collation");
            } else if (!column.rule().equals(lead.rule())) {
                throw WaybillError.CONDITION_REFUSED.with(whole, column.at() + 1, lead.text() + " and " + column.text() + " are compared by different rules", "Compare each with a text in quotes");
            } else if (ordered && column.rule().order() == TextRule.Units.UNKNOWN) {
                throw WaybillError.CONDITION_REFUSED.with(whole, column.at() + 1, column.text() + " is ordered by a language's rules, which other programs do not follow exactly", "Use = or <>, or give the column a binary collation");
            }
        }
    }

    /** Decimal floating point may hold what is no number. */
    static void expectCountable(Term term, Term.Arithmetic whole) throws SQLException {
        Term.Column column = column(term);
        if (term.family() != NUMBER || column != null && column.type().type() == SqlType.DECFLOAT) {
            throw WaybillError.CONDITION_REFUSED.with(whole.text(), column == null ? 1 : column.at() + 1, "only whole numbers and decimals of a fixed scale are counted with", "Keep the result in a column");
        }
    }

    /** The first column of a term; null for none. */
    static Term.Column column(Term term) {
        List<Term.Column> columns = new ArrayList<>();
        term.columns(columns::add);
        return columns.isEmpty() ? null : columns.get(0);
    }
}
