// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.Plan.TransactionText.Verb;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.error.WaybillError;
import dev.waybill.statement.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Plans of texts on products of the generic dialect, from their tokens alone: what is not known at all, while something is published, is refused. Immutable; any thread.
 */
final class GenericPlanner {

    /** These change nothing that could be published, and leave the transaction as it is or commit it. */
    private static final Set<String> HARMLESS = Set.of("SHUTDOWN", "CHECKPOINT", "BACKUP", "SCRIPT", "DISCONNECT", "DECLARE");

    private final DatabaseFacts facts;
    private final NameContext context;
    private final NameResolver names;
    private final GenericDmlPlanner dml;
    private final DdlPlanner ddl;

    GenericPlanner(DatabaseFacts facts, NameContext context, Dialect dialect) {
        this.facts = facts;
        this.context = context;
        this.names = new NameResolver(facts, context);
        this.dml = new GenericDmlPlanner(facts, names, dialect);
        this.ddl = new DdlPlanner(facts, names);
    }

    /** The plan of a text. */
    Plan plan(String sql) {
        if (mixesLineEnds(sql)) {
            return unknown("its line comments end at another place for the database");
        }
        List<SqlText> statements = SqlText.statements(sql, context.rules());
        if (statements.isEmpty()) {
            return Plan.Pass.PLAN;
        }
        return statements.size() == 1 ? statement(statements.get(0)) : together(statements);
    }

    /** HSQLDB ends a line comment at the next carriage return, if there is any, and not at the line feed before it. */
    private static boolean mixesLineEnds(String sql) {
        return sql.indexOf('\r') >= 0 && (sql.contains("--") || sql.contains("//")) && sql.replace("\r\n", "").matches("(?s).*[\r\n].*");
    }

    private Plan together(List<SqlText> statements) {
        List<TableName> written = new ArrayList<>();
        boolean plain = true;
        for (SqlText statement : statements) {
            Plan plan = statement(statement);
            if (plan instanceof Plan.Refused) {
                return plan;
            } else if (plan instanceof Plan.Unpublished write) {
                written.addAll(write.tables());
            }
            plain &= plan instanceof Plan.Pass || plan instanceof Plan.Unpublished;
        }
        if (plain) {
            return written.isEmpty() ? Plan.Pass.PLAN : new Plan.Unpublished(written);
        }
        return unknown("several statements stand in one text");
    }

    /** What cannot be made out is no harm while nothing is published. */
    private Plan unknown(String why) {
        return facts.isNothingPublished() ? new Plan.MayCommit(true) : new Plan.Uncaptured(why, true);
    }

    private Plan statement(SqlText text) {
        if (text.isUnterminated()) {
            return unknown("a literal in it does not end");
        } else if (!facts.isNothingPublished() && !text.isAny(0, "CREATE", "DROP", "ALTER", "GRANT", "REVOKE", "COMMENT") && calls(text)) {
            return new Plan.Uncaptured(Planner.CALLS, true);
        }
        return switch (text.word(0)) {
            case "SELECT", "VALUES", "TABLE", "WITH", "EXPLAIN" -> writesInside(text) ? unknown("a word of writing stands in a query") : Plan.Pass.PLAN;
            case "CALL" -> call();
            case "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE" -> dml.plan(text);
            case "COMMIT" -> new Plan.TransactionText(Verb.COMMIT, null);
            case "ROLLBACK" -> rollback(text);
            case "SAVEPOINT" -> savepoint(text, 1, Verb.SAVEPOINT);
            case "RELEASE" -> savepoint(text, text.isWord(1, "SAVEPOINT") ? 2 : 1, Verb.RELEASE);
            case "START" -> text.isWord(1, "TRANSACTION") ? new Plan.TransactionText(Verb.BEGIN, null) : unknown("it is not known");
            case "SET" -> set(text);
            case "CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "COMMENT", "RENAME" -> ddl.plan(text);
            default -> other(text);
        };
    }

    private Plan other(SqlText text) {
        if (text.isSymbol(0, "(")) {
            return writesInside(text) ? unknown("a word of writing stands in a query") : Plan.Pass.PLAN;
        } else if (text.isSymbol(0, "{") || text.kind(0) == TokenKind.PARAMETER) {
            return call();
        }
        return HARMLESS.contains(text.word(0)) ? new Plan.MayCommit(true, text.isWord(0, "DECLARE"), null) : unknown("it is not known");
    }

    /** Where something is published, the name of a routine that may write was noticed before. */
    private Plan call() {
        return facts.isNothingPublished() ? new Plan.MayCommit(true) : Plan.Pass.PLAN;
    }

    /** Whether a routine that may write is named, or a method of Java. */
    private boolean calls(SqlText text) {
        for (int i = 0; i < text.size(); i++) {
            boolean routine = text.isName(i) && facts.routines().contains(text.value(i).toUpperCase(Locale.ROOT));
            boolean method = text.kind(i) == TokenKind.QUOTED && text.value(i).indexOf('.') > 0 && text.isSymbol(i + 1, "(");
            if (routine || method) {
                return true;
            }
        }
        return false;
    }

    private static boolean writesInside(SqlText text) {
        for (int i = 1; i < text.size(); i++) {
            boolean word = text.kind(i) == TokenKind.WORD && text.isAny(i, "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE");
            if (word && !text.isWord(i - 1, "FOR") && !text.isSymbol(i + 1, "(")) {
                return true;
            }
        }
        return false;
    }

    private Plan rollback(SqlText text) {
        int to = text.isWord(1, "WORK") ? 2 : 1;
        return text.isWord(to, "TO") ? savepoint(text, text.isWord(to + 1, "SAVEPOINT") ? to + 2 : to + 1, Verb.ROLLBACK_TO) : new Plan.TransactionText(Verb.ROLLBACK, null);
    }

    private Plan savepoint(SqlText text, int name, Verb verb) {
        return text.isName(name) ? new Plan.TransactionText(verb, names.kept(text, name)) : unknown("its savepoint cannot be made out");
    }

    private Plan set(SqlText text) {
        if (text.isWord(1, "AUTOCOMMIT")) {
            return new Plan.TransactionText(text.isAny(2, "TRUE", "ON") ? Verb.AUTOCOMMIT_ON : Verb.AUTOCOMMIT_OFF, null);
        } else if (text.isAny(1, "SCHEMA", "TIME") || text.isWords(1, "CURRENT", "SCHEMA")) {
            return Plan.Names.PLAN;
        } else if (text.isWords(1, "DATABASE", "TRANSACTION", "CONTROL") && facts.publisher() != null) {
            return new Plan.Refused(() -> WaybillError.PRODUCT_SETTING.with("HSQLDB", "publish", "MVCC is needed", "DROP PUBLICATION for all publications"));
        }
        return new Plan.MayCommit(true);
    }
}
