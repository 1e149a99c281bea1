// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.Plan.TransactionText.Verb;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.statement.LexerRules;
import dev.waybill.statement.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Makes plans from texts, by tokens alone. What it does not know for certain it plans the careful way: as something that may commit, or that may write unseen. Immutable; any thread.
 */
final class Planner {

    /** Session settings of H2 that leave the transaction open; all others commit. */
    private static final Set<String> HARMLESS_SETTINGS = Set.of("LOCK_TIMEOUT", "QUERY_TIMEOUT", "THROTTLE", "LAZY_QUERY_EXECUTION", "VARIABLE_BINARY", "NON_KEYWORDS", "TRUNCATE_LARGE_LENGTH");

    /** Why such a statement is not captured; H2 calls a DETERMINISTIC function already while it prepares. */
    static final String CALLS = "it calls a function that may write";

    private final DatabaseFacts facts;
    private final NameResolver names;
    private final DmlPlanner dml;
    private final DdlPlanner ddl;

    Planner(DatabaseFacts facts, NameContext context, Dialect dialect) {
        this.facts = facts;
        this.names = new NameResolver(facts, context);
        this.dml = new DmlPlanner(facts, names, dialect);
        this.ddl = new DdlPlanner(facts, names);
    }

    /** The plan of a text. */
    Plan plan(String sql) {
        List<SqlText> statements = SqlText.statements(sql, LexerRules.H2);
        if (statements.isEmpty()) {
            return Plan.Pass.PLAN;
        }
        return statements.size() == 1 ? statement(statements.get(0)) : script(statements);
    }

    private Plan script(List<SqlText> statements) {
        List<TableName> unpublished = new ArrayList<>();
        boolean plain = true;
        for (SqlText statement : statements) {
            Plan plan = statement(statement);
            if (plan instanceof Plan.Unpublished write) {
                unpublished.addAll(write.tables());
            }
            plain &= plan instanceof Plan.Pass || plan instanceof Plan.Unpublished;
        }
        if (plain) {
            return unpublished.isEmpty() ? Plan.Pass.PLAN : new Plan.Unpublished(unpublished);
        }
        if (statements.stream().anyMatch(statement -> statement.parameters(0, statement.size()) > 0)) {
            return new Plan.Uncaptured("it holds several statements with parameters", true);
        }
        return new Plan.Script(statements.stream().map(SqlText::text).toList());
    }

    private Plan statement(SqlText text) {
        if (!facts.isNothingPublished() && !namesFunctions(text) && calls(text)) {
            return new Plan.Uncaptured(CALLS, true);
        }
        return switch (text.word(0)) {
            case "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "TRUNCATE" -> dml.plan(text);
            case "SELECT", "VALUES", "TABLE", "WITH", "CALL", "SHOW", "HELP" -> dml.query(text);
            case "EXPLAIN" -> explain(text);
            case "COMMIT" -> text.isWord(1, "TRANSACTION") && text.size() > 2 ? new Plan.MayCommit(false) : new Plan.TransactionText(Verb.COMMIT, null);
            case "ROLLBACK" -> rollback(text);
            case "SAVEPOINT" -> savepoint(text, 1, Verb.SAVEPOINT);
            case "RELEASE" -> savepoint(text, text.isWord(1, "SAVEPOINT") ? 2 : 1, Verb.RELEASE);
            case "BEGIN" -> new Plan.TransactionText(Verb.BEGIN, null);
            case "SET" -> set(text);
            case "USE" -> Plan.Names.PLAN;
            case "CHECKPOINT" -> Plan.Pass.PLAN;
            case "CREATE", "ALTER", "DROP" -> dml.hasDelta(text) ? unseen("it makes a table from a query that writes") : ddl.plan(text);
            case "PREPARE" -> text.isWord(1, "COMMIT") ? unseen("a transaction of two phases cannot be captured") : new Plan.MayCommit(true);
            case "EXECUTE", "EXEC", "RUNSCRIPT" -> unseen("it runs statements that are kept elsewhere");
            default -> other(text);
        };
    }

    private Plan other(SqlText text) {
        if (text.isSymbol(0, "(")) {
            return dml.query(text);
        }
        if (text.kind(0) == TokenKind.SYMBOL || text.kind(0) == TokenKind.PARAMETER) {
            return text.find(0, "CALL") < text.size() || text.isSymbol(0, "{") ? dml.query(text) : new Plan.MayCommit(true);
        }
        return dml.hasDelta(text) ? unseen("a statement of this kind is not known") : new Plan.MayCommit(true);
    }

    private Plan unseen(String why) {
        return facts.isNothingPublished() ? new Plan.MayCommit(true) : new Plan.Uncaptured(why, true);
    }

    private Plan explain(SqlText text) {
        if (!text.isWord(1, "ANALYZE")) {
            return Plan.Pass.PLAN;
        }
        Plan inner = statement(text.from(2));
        return inner instanceof Plan.Pass || inner instanceof Plan.Unpublished ? inner : unseen("EXPLAIN ANALYZE runs the statement that it explains");
    }

    private Plan rollback(SqlText text) {
        int to = text.isWord(1, "WORK") ? 2 : 1;
        if (text.isWord(to, "TO")) {
            return savepoint(text, text.isWord(to + 1, "SAVEPOINT") ? to + 2 : to + 1, Verb.ROLLBACK_TO);
        }
        return text.isWord(1, "TRANSACTION") && text.size() > 2 ? new Plan.MayCommit(false) : new Plan.TransactionText(Verb.ROLLBACK, null);
    }

    private Plan savepoint(SqlText text, int name, Verb verb) {
        return text.isName(name) ? new Plan.TransactionText(verb, names.kept(text, name)) : new Plan.MayCommit(false);
    }

    private Plan set(SqlText text) {
        if (dml.hasDelta(text)) {
            return unseen("SET runs the statement inside it");
        }
        if (text.isWord(1, "AUTOCOMMIT")) {
            int value = text.isSymbol(2, "=") ? 3 : 2;
            return text.isAny(value, "TRUE", "ON") ? new Plan.TransactionText(Verb.AUTOCOMMIT_ON, null)
                    : text.isAny(value, "FALSE", "OFF") ? new Plan.TransactionText(Verb.AUTOCOMMIT_OFF, null) : new Plan.MayCommit(false);
        }
        if (text.isAny(1, "SCHEMA", "SCHEMA_SEARCH_PATH", "CATALOG")) {
            return Plan.Names.PLAN;
        }
        if (text.isWord(1, "TIME")) {
            return Plan.Names.PLAN;
        }
        return text.isSymbol(1, "@") || HARMLESS_SETTINGS.contains(text.word(1)) ? Plan.Pass.PLAN : new Plan.MayCommit(true);
    }

    /** Whether it can name a function without calling it. */
    private static boolean namesFunctions(SqlText text) {
        return text.isAny(0, "DROP", "COMMENT", "GRANT", "REVOKE") || text.isWord(0, "CREATE") && text.find(0, "ALIAS", "AGGREGATE", "TRIGGER") < text.size();
    }

    /** Whether a function is named that can write. */
    private boolean calls(SqlText text) {
        if (facts.routines().isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.size(); i++) {
            if (text.isName(i) && facts.routines().contains(text.value(i).toUpperCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }
}
