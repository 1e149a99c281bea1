// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import dev.waybill.predicate.Condition.Comparison;
import dev.waybill.predicate.Condition.Operator;
import dev.waybill.predicate.Condition.Parsed;
import dev.waybill.predicate.ConditionScanner.Kind;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The grammar of conditions, a method for each rule. What stands in parentheses may be a condition or a value, which is known when it has been read: so a {@code Part} is either, and who needs one of them says so.
 */
final class ConditionParser {

    /** As people may write it; our own text has more parentheses. */
    private static final int DEEPEST = 100;
    private static final int DEEPEST_OF_OURS = 600;
    private static final int LONGEST = 4_000;
    private static final Set<String> RESERVED = Set.of("AND", "OR", "NOT", "IS", "NULL", "IN", "BETWEEN", "LIKE", "ESCAPE", "SELECT", "CASE", "EXISTS", "CAST", "SUBSCRIBE", "CONFLICT");

    private final ConditionScanner at;
    private final int deepest;
    private int depth;
    private int counted;

    private ConditionParser(ConditionScanner at, int deepest) {
        this.at = at;
        this.deepest = deepest;
    }

    /** Of what somebody wrote. */
    static ConditionParser of(String sql, int from) throws SQLException {
        return new ConditionParser(new ConditionScanner(sql, from, LONGEST), DEEPEST);
    }

    /** Of a text of ours. */
    static ConditionParser ofOurs(String text) throws SQLException {
        return new ConditionParser(new ConditionScanner(text, 0, text.length()), DEEPEST_OF_OURS);
    }

    /** Of condition and value, one is null. */
    private record Part(Condition condition, Term term) {}

    Parsed parse() throws SQLException {
        Condition condition = condition(several());
        return new Parsed(condition, at.last());
    }

    // ---- conditions ----

    private Part several() throws SQLException {
        deeper();
        Part first = all();
        List<Condition> parts = new ArrayList<>();
        while (at.takeWord("OR")) {
            parts.add(condition(all()));
        }
        depth--;
        return joined(false, first, parts);
    }

    private void deeper() throws SQLException {
        if (++depth > deepest) {
            throw at.expected("a condition nested at most " + deepest + " deep");
        }
    }

    private Part all() throws SQLException {
        Part first = not();
        List<Condition> parts = new ArrayList<>();
        while (at.isWord("AND")) {
            condition(first);
            at.takeWord("AND");
            parts.add(condition(not()));
        }
        return joined(true, first, parts);
    }

    private Part joined(boolean all, Part first, List<Condition> parts) throws SQLException {
        if (parts.isEmpty()) {
            return first;
        }
        parts.add(0, condition(first));
        return new Part(new Condition.Several(all, parts), null);
    }

    private Part not() throws SQLException {
        if (!at.takeWord("NOT")) {
            return predicate();
        }
        deeper();
        Condition contrary = new Condition.Not(condition(not()));
        depth--;
        return new Part(contrary, null);
    }

    private Part predicate() throws SQLException {
        Part left = sum();
        if (left.condition != null) {
            return left;
        }
        for (Operator operator : Operator.values()) {
            if (at.takeSign(operator.sign()) || operator == Operator.UNEQUAL && at.takeSign("!=")) {
                return new Part(new Comparison(operator, left.term, term(sum())), null);
            }
        }
        if (at.takeWord("IS")) {
            boolean not = at.takeWord("NOT");
            at.expectWord("NULL");
            return negated(not, new Condition.IsNull(left.term));
        }
        boolean not = at.takeWord("NOT");
        if (at.takeWord("IN")) {
            return negated(not, in(left.term));
        } else if (at.takeWord("BETWEEN")) {
            return negated(not, between(left.term));
        } else if (at.takeWord("LIKE")) {
            return negated(not, like(left.term));
        } else if (not) {
            throw at.expected("IN, BETWEEN or LIKE");
        }
        return left;
    }

    private static Part negated(boolean not, Condition condition) {
        return new Part(not ? new Condition.Not(condition) : condition, null);
    }

    private Condition in(Term term) throws SQLException {
        at.expectSign("(");
        List<Term> list = new ArrayList<>();
        do {
            list.add(term(sum()));
        } while (at.takeSign(","));
        if (!at.takeSign(")")) {
            throw at.expected(", or )");
        }
        return new Condition.In(term, list);
    }

    private Condition between(Term term) throws SQLException {
        Term least = term(sum());
        at.expectWord("AND");
        return new Condition.Several(true, List.of(new Comparison(Operator.AT_LEAST, term, least), new Comparison(Operator.AT_MOST, term, term(sum()))));
    }

    private Condition like(Term term) throws SQLException {
        SQLException notHere = at.expected("a pattern in quotes");
        if (!(term instanceof Term.Column column)) {
            throw at.expected("LIKE behind a column");
        } else if (at.kind() != Kind.STRING) {
            throw notHere;
        }
        String written = at.take();
        String escape = null;
        if (at.takeWord("ESCAPE")) {
            if (at.kind() != Kind.STRING) {
                throw at.expected("one character in quotes");
            }
            escape = at.take();
        }
        Pattern pattern = new Pattern(written, escape);
        if (pattern.fault() != null) {
            throw at.expected("another pattern before this (" + pattern.fault() + ")");
        }
        return new Condition.Like(column, pattern);
    }

    /** A column by itself claims that it is true. */
    private Condition condition(Part part) throws SQLException {
        if (part.condition != null) {
            return part.condition;
        } else if (part.term instanceof Term.Column column) {
            return new Condition.Claim(column);
        }
        throw at.expected("a comparison, IS, IN, BETWEEN or LIKE");
    }

    // ---- values ----

    private Term term(Part part) throws SQLException {
        if (part.term == null) {
            throw at.expected("a value instead of the condition before this");
        }
        return part.term;
    }

    private Part sum() throws SQLException {
        Part left = product();
        while (at.isSign("+") || at.isSign("-")) {
            left = counted(left, this::product);
        }
        return left;
    }

    private Part product() throws SQLException {
        Part left = signed();
        while (at.isSign("*")) {
            left = counted(left, this::signed);
        }
        return left;
    }

    private interface Next {
        Part read() throws SQLException;
    }

    private Part counted(Part left, Next right) throws SQLException {
        Term first = term(left);
        if (++counted > DEEPEST) {
            throw at.expected("at most " + DEEPEST + " sums, differences and products");
        }
        char sign = at.take().charAt(0);
        return new Part(null, new Term.Arithmetic(sign, first, term(right.read())));
    }

    private Part signed() throws SQLException {
        if (!at.takeSign("-")) {
            return operand();
        }
        deeper();
        Term term = term(signed());
        depth--;
        return new Part(null, term instanceof Term.Constant constant && constant.constant() instanceof BigDecimal number ? new Term.Constant(number.negate())
                : new Term.Arithmetic('-', new Term.Constant(BigDecimal.ZERO), term));
    }

    private Part operand() throws SQLException {
        if (at.takeSign("(")) {
            Part inner = several();
            at.expectSign(")");
            return inner;
        }
        return new Part(null, switch (at.kind()) {
            case STRING -> new Term.Constant(at.take());
            case NUMBER -> new Term.Constant(new BigDecimal(at.take()));
            case QUOTED, WORD -> named();
            default -> throw at.expected("a column or a value");
        });
    }

    private Term named() throws SQLException {
        int start = at.start();
        boolean quoted = at.kind() == Kind.QUOTED;
        if (at.isWord("NULL")) {
            throw at.expected("a column or a value (whether something is NULL is asked with IS NULL)");
        } else if (!quoted && RESERVED.stream().anyMatch(at::isWord)) {
            throw at.expected("a column or a value");
        }
        String name = at.take();
        if (!quoted && (name.equalsIgnoreCase("TRUE") || name.equalsIgnoreCase("FALSE"))) {
            return new Term.Constant(name.equalsIgnoreCase("TRUE"));
        } else if (!quoted && at.kind() == Kind.STRING) {
            return dated(name);
        } else if (name.isEmpty()) {
            throw at.expected("the name of a column before this");
        }
        return Term.Column.written(name, quoted, start);
    }

    private Term dated(String kind) throws SQLException {
        SQLException notOne = at.expected("DATE 'yyyy-mm-dd', TIME 'hh:mm:ss' or TIMESTAMP 'yyyy-mm-dd hh:mm:ss', with fractions of seconds or without");
        String text = at.take();
        try {
            return new Term.Constant(switch (kind.toUpperCase(Locale.ROOT)) {
                case "DATE" -> LocalDate.parse(text);
                case "TIME" -> LocalTime.parse(text);
                case "TIMESTAMP" -> LocalDateTime.parse(text.replace(' ', 'T'));
                default -> throw notOne;
            });
        } catch (DateTimeException malformed) {
            notOne.initCause(malformed);
            throw notOne;
        }
    }
}
