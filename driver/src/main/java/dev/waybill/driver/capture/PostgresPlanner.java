// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.Plan.TransactionText.Verb;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.LargeObjectFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import dev.waybill.statement.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Makes plans from PostgreSQL's texts, by tokens alone. Nothing but the words that end a transaction ends one there; whatever may write to a published table and is not known for certain is planned as uncaptured. Immutable; any thread.
 */
final class PostgresPlanner {

    private final DatabaseFacts facts;
    private final NameContext context;
    private final NameResolver names;
    private final PostgresDmlPlanner dml;
    private final PostgresTruncatePlanner truncates;
    private final PostgresDdlPlanner ddl;
    private final PostgresDdlPlanner guard;

    PostgresPlanner(DatabaseFacts facts, NameContext context, Dialect dialect) {
        this.facts = facts;
        this.context = context;
        this.names = new NameResolver(facts, context);
        this.dml = new PostgresDmlPlanner(facts, names, dialect);
        this.truncates = new PostgresTruncatePlanner(facts, names, dml);
        this.ddl = new PostgresDdlPlanner(facts, names);
        this.guard = facts.guarded() == null ? null : new PostgresDdlPlanner(facts.guarded(), new NameResolver(facts.guarded(), context));
    }

    /** The plan of a text. */
    Plan plan(String sql) {
        List<SqlText> statements = statements(SqlText.whole(sql, context.rules()));
        if (statements.isEmpty()) {
            return Plan.Pass.PLAN;
        }
        return statements.size() == 1 ? statement(statements.get(0)) : script(statements);
    }

    /** Cut at semicolons, but not in parentheses, where a rule has its own, nor in a body between BEGIN ATOMIC and END. */
    private static List<SqlText> statements(SqlText all) {
        List<SqlText> statements = new ArrayList<>(1);
        int depth = 0;
        int bodies = 0;
        int from = 0;
        for (int i = 0; i <= all.size(); i++) {
            depth += all.isSymbol(i, "(") ? 1 : all.isSymbol(i, ")") ? -1 : 0;
            bodies += all.isWords(i, "BEGIN", "ATOMIC") || bodies > 0 && all.isWord(i, "CASE") ? 1 : bodies > 0 && all.isWord(i, "END") ? -1 : 0;
            if (i == all.size() || all.isSymbol(i, ";") && depth <= 0 && bodies == 0) {
                if (i > from) {
                    statements.add(all.part(from, i));
                }
                from = i + 1;
            }
        }
        return statements;
    }

    // ---- several statements ----

    /** One text is one unit: its statements go together, or the text is refused. */
    private Plan script(List<SqlText> statements) {
        List<TableName> unpublished = new ArrayList<>();
        boolean plain = true;
        boolean ends = false;
        boolean writes = false;
        for (SqlText statement : statements) {
            Plan plan = statement(statement);
            if (plan instanceof Plan.Refused || plan instanceof Plan.Uncaptured) {
                return plan;
            } else if (plan instanceof Plan.Unpublished write) {
                unpublished.addAll(write.tables());
            }
            plain &= plan instanceof Plan.Pass || plan instanceof Plan.Unpublished;
            ends |= plan instanceof Plan.TransactionText;
            writes |= !(plan instanceof Plan.Pass || plan instanceof Plan.Unpublished || plan instanceof Plan.TransactionText || plan instanceof Plan.Names || plan instanceof Plan.Defines);
        }
        if (plain) {
            return unpublished.isEmpty() ? Plan.Pass.PLAN : new Plan.Unpublished(unpublished);
        } else if (!facts.isNothingPublished() && writes && (ends || statements.stream().anyMatch(statement -> statement.parameters(0, statement.size()) > 0))) {
            return uncaptured("it writes to a published table among several statements " + (ends ? "that also begin or end a transaction" : "with parameters"));
        }
        return writes || ends ? new Plan.Script(statements.stream().map(SqlText::text).toList()) : new Plan.Defines(true);
    }

    // ---- one statement ----

    /** One that may remove large objects is looked at when it is committed, as one that writes to the tables that refer to them. */
    private Plan statement(SqlText text) {
        Plan plan = planned(text);
        LargeObjectFacts objects = facts.beyond() == null ? null : facts.beyond().objects();
        if (objects == null || namesRoutines(text) || !names(text, objects.unlinking()::contains)) {
            return plan;
        } else if (plan instanceof Plan.Pass) {
            return new Plan.Unpublished(List.copyOf(objects.columns().keySet()));
        } else if (plan instanceof Plan.Unpublished write) {
            return new Plan.Unpublished(Stream.concat(write.tables().stream(), objects.columns().keySet().stream()).toList());
        }
        boolean looked = plan instanceof Plan.Returning write && objects.columns().containsKey(write.table().name());
        return looked || plan instanceof Plan.Refused || plan instanceof Plan.Uncaptured ? plan : uncaptured("it may remove large objects, and does more");
    }

    private Plan planned(SqlText text) {
        if (!facts.isNothingPublished() && !namesRoutines(text) && calls(text)) {
            return uncaptured(Planner.CALLS);
        }
        return switch (text.word(0)) {
            case "INSERT", "UPDATE", "DELETE", "MERGE" -> dml.plan(text, 0);
            case "TRUNCATE" -> truncates.plan(text);
            case "WITH" -> with(text);
            case "SELECT", "VALUES", "TABLE", "DECLARE", "CALL" -> query(text);
            case "EXPLAIN" -> explain(text);
            case "COPY" -> copy(text);
            case "EXECUTE" -> facts.isNothingPublished() ? Plan.Pass.PLAN : uncaptured("it runs a statement that is kept elsewhere");
            case "PREPARE" -> text.isWord(1, "TRANSACTION") ? new Plan.TransactionText(Verb.COMMIT, null) : prepare(text);
            case "DO" -> block(text);
            case "COMMIT" -> text.isWord(1, "PREPARED") ? Plan.Pass.PLAN : new Plan.TransactionText(Verb.COMMIT, null);
            case "END" -> new Plan.TransactionText(Verb.COMMIT, null);
            case "ROLLBACK", "ABORT" -> rollback(text);
            case "SAVEPOINT" -> savepoint(text, 1, Verb.SAVEPOINT);
            case "RELEASE" -> savepoint(text, text.isWord(1, "SAVEPOINT") ? 2 : 1, Verb.RELEASE);
            case "BEGIN" -> new Plan.TransactionText(Verb.BEGIN, null);
            case "START" -> new Plan.TransactionText(Verb.BEGIN, null);
            case "SET", "RESET" -> changesNames(text) ? Plan.Names.PLAN : Plan.Pass.PLAN;
            case "DISCARD" -> new Plan.Defines(true);
            case "CREATE", "ALTER", "DROP", "IMPORT", "REASSIGN" -> definition(text);
            case "REFRESH" -> dml.nested(text, 0, Plan.Pass.PLAN);
            default -> other(text);
        };
    }

    /** Where triggers capture, only what would harm them or the shape of what is published is held back. */
    private Plan definition(SqlText text) {
        Plan guarded = guard == null ? null : guard.guard(text, dml);
        return guarded instanceof Plan.Refused ? guarded : ddl.plan(text, dml);
    }

    private Plan other(SqlText text) {
        return text.isSymbol(0, "(") || text.isSymbol(0, "{") || text.kind(0) == TokenKind.PARAMETER ? query(text) : Plan.Pass.PLAN;
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }

    /** A query: passes unless a statement that writes stands in a WITH, or it makes a table. */
    private Plan query(SqlText text) {
        boolean makes = text.isWord(0, "SELECT") && text.find(0, "INTO") < text.size();
        return dml.nested(text, 0, makes ? new Plan.Defines(true) : named(text, "SET_CONFIG") ? Plan.Names.PLAN : Plan.Pass.PLAN);
    }

    private static boolean named(SqlText text, String word) {
        for (int i = 0; i < text.size(); i++) {
            if (text.isWord(i, word)) {
                return true;
            }
        }
        return false;
    }

    /** What stands behind the queries of WITH is the statement. */
    private Plan with(SqlText text) {
        int main = afterQueries(text);
        if (main >= text.size() || !text.isAny(main, "SELECT", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE") && !text.isSymbol(main, "(")) {
            return facts.isNothingPublished() ? new Plan.Unpublished(List.of()) : uncaptured("what stands behind WITH cannot be made out");
        } else if (text.isAny(main, "INSERT", "UPDATE", "DELETE", "MERGE")) {
            return dml.nested(text.part(0, main), 0, dml.plan(text, main));
        }
        return query(text);
    }

    /** The token behind {@code WITH name (columns) AS (…), …}: a query may have any name. */
    private static int afterQueries(SqlText text) {
        int at = text.isWord(1, "RECURSIVE") ? 2 : 1;
        while (text.isName(at)) {
            int as = text.isSymbol(at + 1, "(") ? text.afterParentheses(at + 1) : at + 1;
            int open = as + 1 + (text.isWord(as + 1, "NOT") ? 2 : text.isWord(as + 1, "MATERIALIZED") ? 1 : 0);
            if (!text.isWord(as, "AS") || !text.isSymbol(open, "(")) {
                return text.size();
            }
            at = text.afterParentheses(open);
            if (text.isAny(at, "SEARCH", "CYCLE")) {
                return text.find(at, "SELECT", "VALUES", "TABLE");
            } else if (!text.isSymbol(at, ",")) {
                return at;
            }
            at++;
        }
        return text.size();
    }

    private Plan explain(SqlText text) {
        int at = 1;
        boolean runs = false;
        if (text.isSymbol(1, "(")) {
            at = text.afterParentheses(1);
            for (int i = 2; i < at; i++) {
                runs |= text.isAny(i, "ANALYZE", "ANALYSE") && !text.isAny(i + 1, "FALSE", "OFF");
            }
        }
        while (text.isAny(at, "ANALYZE", "ANALYSE", "VERBOSE")) {
            runs |= !text.isWord(at++, "VERBOSE");
        }
        if (!runs) {
            return Plan.Pass.PLAN;
        }
        Plan inner = statement(text.from(at));
        return inner instanceof Plan.Pass || inner instanceof Plan.Unpublished || inner instanceof Plan.Uncaptured || inner instanceof Plan.Refused ? inner
                : facts.isNothingPublished() ? new Plan.Defines(true) : uncaptured("EXPLAIN ANALYZE runs the statement that it explains");
    }

    private Plan copy(SqlText text) {
        if (text.isSymbol(1, "(")) {
            Plan inner = statement(text.part(2, text.afterParentheses(1) - 1));
            return inner instanceof Plan.Pass || inner instanceof Plan.Unpublished || inner instanceof Plan.Uncaptured || inner instanceof Plan.Refused ? inner
                    : facts.isNothingPublished() ? new Plan.Unpublished(List.of()) : uncaptured("COPY runs the statement inside it");
        }
        Target target = names.target(text, text.isWord(1, "BINARY") ? 2 : 1);
        if (target == null || text.find(target.end(), "FROM") >= text.size()) {
            return Plan.Pass.PLAN;
        }
        return dml.unpublished(target, "COPY does not tell which rows it has written");
    }

    /** A block in another language than its text's: what it names is looked at. */
    private Plan block(SqlText text) {
        if (facts.isNothingPublished()) {
            return new Plan.Unpublished(List.of());
        }
        for (int i = 1; i < text.size(); i++) {
            if (text.kind(i) == TokenKind.STRING && !isHarmless(text.value(i))) {
                return uncaptured("the block may write to a published table");
            }
        }
        return text.isWord(1, "LANGUAGE") && !text.isWord(2, "plpgsql") ? uncaptured("nobody knows what a block in this language writes") : new Plan.Unpublished(List.of());
    }

    private boolean isHarmless(String body) {
        for (SqlText part : SqlText.statements(body, context.rules())) {
            for (int i = 0; i < part.size(); i++) {
                if (part.isWord(i, "EXECUTE") || part.isName(i) && isDangerous(part.value(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isDangerous(String name) {
        boolean unlinks = facts.beyond() != null && facts.beyond().objects() != null && facts.beyond().objects().unlinking().contains(name.toUpperCase(Locale.ROOT));
        return unlinks || facts.routines().contains(name.toUpperCase(Locale.ROOT)) || facts.captured().keySet().stream().anyMatch(table -> table.name().equalsIgnoreCase(name))
                || facts.triggers().stream().anyMatch(table -> table.name().equalsIgnoreCase(name));
    }

    /** PREPARE name AS …: refused with what it prepares, since nobody can see it run. */
    private Plan prepare(SqlText text) {
        int as = text.find(1, "AS");
        Plan inner = as < text.size() ? statement(text.from(as + 1)) : Plan.Pass.PLAN;
        return facts.isNothingPublished() || inner instanceof Plan.Pass || inner instanceof Plan.Unpublished ? Plan.Pass.PLAN
                : inner instanceof Plan.Uncaptured || inner instanceof Plan.Refused ? inner : uncaptured("it prepares a statement that would run unseen");
    }

    private Plan rollback(SqlText text) {
        int to = text.isAny(1, "WORK", "TRANSACTION") ? 2 : 1;
        if (text.isWord(to, "TO")) {
            return savepoint(text, text.isWord(to + 1, "SAVEPOINT") ? to + 2 : to + 1, Verb.ROLLBACK_TO);
        }
        return text.isWord(1, "PREPARED") ? Plan.Pass.PLAN : new Plan.TransactionText(Verb.ROLLBACK, null);
    }

    private Plan savepoint(SqlText text, int name, Verb verb) {
        return text.isName(name) ? new Plan.TransactionText(verb, names.kept(text, name)) : Plan.Pass.PLAN;
    }

    private static boolean changesNames(SqlText text) {
        return named(text, "SEARCH_PATH") || named(text, "SCHEMA") || named(text, "ROLE") || named(text, "AUTHORIZATION") || named(text, "STANDARD_CONFORMING_STRINGS") || named(text, "ALL") || named(text, "ZONE")
                || named(text, "TIMEZONE");
    }

    /** Whether it can name a function without calling it. */
    private static boolean namesRoutines(SqlText text) {
        return text.isAny(0, "DROP", "COMMENT", "GRANT", "REVOKE", "ALTER", "SECURITY") || text.isWord(0, "CREATE") && text.find(0, "FUNCTION", "PROCEDURE", "AGGREGATE", "TRIGGER", "OPERATOR", "CAST", "RULE", "VIEW") < text.size();
    }

    /** Whether a function is named that can write. */
    private boolean calls(SqlText text) {
        return !facts.routines().isEmpty() && names(text, facts.routines()::contains);
    }

    /** Whether a name stands in it, in upper case, that is one of these. */
    private static boolean names(SqlText text, Predicate<String> wanted) {
        for (int i = 0; i < text.size(); i++) {
            if (text.isName(i) && wanted.test(text.value(i).toUpperCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }
}
