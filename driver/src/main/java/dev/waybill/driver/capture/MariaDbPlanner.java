// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.capture.Plan.TransactionText.Verb;
import dev.waybill.driver.facts.Assignments;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.MariaDbNames;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.Relatives;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import dev.waybill.error.WaybillError;
import dev.waybill.statement.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Plans of MariaDB's texts, from their tokens alone. What is not known to leave the transaction open has everything recorded go along; what is not known at all, while something is published, is refused. Immutable; any thread.
 */
final class MariaDbPlanner {

    /** What is defined stands among these. */
    private static final int FIRST_WORDS = 5;
    private static final String ANOTHER_WAY = "it adds a foreign key to a table whose rows take rows of a published one along, of which the triggers there would not know: drop that publication before, and create it again";

    private final DatabaseFacts facts;
    private final NameContext context;
    private final MariaDbNames names;
    private final MariaDbDmlPlanner dml;
    private final OwnTables own;
    /** Where triggers capture; otherwise null. */
    private final MariaDbPlanner guard;

    MariaDbPlanner(DatabaseFacts facts, NameContext context, MariaDbDialect dialect) {
        this.facts = facts;
        this.context = context;
        this.names = new MariaDbNames(facts, context, dialect);
        this.dml = new MariaDbDmlPlanner(facts, names, dialect);
        this.own = new OwnTables(facts, new NameResolver(facts, context));
        this.guard = facts.guarded() == null ? null : new MariaDbPlanner(facts.guarded(), context, dialect);
    }

    /** The plan of a text. A comment that MariaDB executes is no comment. */
    Plan plan(String sql) {
        if (sql.contains("/*!") || sql.contains("/*M!")) {
            return facts.isNothingPublished() ? new Plan.MayCommit(true) : uncaptured("it holds a comment that MariaDB executes", true);
        }
        List<SqlText> statements = SqlText.statements(sql, context.rules());
        if (statements.isEmpty()) {
            return Plan.Pass.PLAN;
        }
        return statements.size() == 1 ? statement(statements.get(0)) : together(statements);
    }

    /** Several statements in one text pass where none of them needs more; otherwise each is run by its own plan, unless one of them is refused. */
    private Plan together(List<SqlText> statements) {
        List<TableName> written = new ArrayList<>();
        boolean plain = true;
        for (SqlText statement : statements) {
            Plan plan = statement(statement);
            if (plan instanceof Plan.Refused || plan instanceof Plan.Own) {
                return plan;
            } else if (plan instanceof Plan.Uncaptured refused) {
                return uncaptured(refused.why(), true);
            } else if (plan instanceof Plan.Unpublished write) {
                written.addAll(write.tables());
            }
            plain &= plan instanceof Plan.Pass || plan instanceof Plan.Unpublished;
        }
        if (plain) {
            return written.isEmpty() ? Plan.Pass.PLAN : new Plan.Unpublished(written);
        } else if (facts.isNothingPublished()) {
            return new Plan.MayCommit(true);
        }
        boolean parameters = statements.stream().anyMatch(statement -> statement.parameters(0, statement.size()) > 0);
        return parameters ? uncaptured("several statements with parameters stand in one text", true) : new Plan.Script(statements.stream().map(SqlText::text).toList());
    }

    private Plan uncaptured(String why, boolean mayCommit) {
        return new Plan.Uncaptured(why, mayCommit);
    }

    /** What cannot be made out is no harm while nothing is published. */
    private Plan unknown(String why) {
        return facts.isNothingPublished() ? new Plan.MayCommit(true) : uncaptured(why, true);
    }

    private Plan statement(SqlText text) {
        if (text.isUnterminated()) {
            return unknown("a literal in it does not end");
        }
        if (!facts.isNothingPublished() && !text.isAny(0, "CREATE", "DROP", "ALTER", "GRANT", "REVOKE", "SHOW") && names.calls(text)) {
            return uncaptured(Planner.CALLS, true);
        }
        return switch (text.word(0)) {
            case "SELECT", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "HELP", "DO", "HANDLER", "CHECKSUM", "BINLOG", "KILL", "WITH", "DEALLOCATE" -> query(text);
            case "INSERT" -> dml.insert(text);
            case "REPLACE" -> dml.replace(text);
            case "UPDATE" -> dml.update(text);
            case "DELETE" -> dml.delete(text);
            case "TRUNCATE" -> guard == null ? dml.truncate(text) : guard.unseen(text, dml.truncate(text));
            case "LOAD" -> dml.load(text);
            case "COMMIT" -> new Plan.TransactionText(Verb.COMMIT, null);
            case "ROLLBACK" -> rollback(text);
            case "SAVEPOINT" -> savepoint(text, 1, Verb.SAVEPOINT);
            case "RELEASE" -> savepoint(text, 2, Verb.RELEASE);
            case "BEGIN" -> text.size() == 1 || text.isWord(1, "WORK") ? new Plan.TransactionText(Verb.COMMIT, null) : unknown("it is a block of statements");
            case "START" -> text.isWord(1, "TRANSACTION") ? new Plan.TransactionText(Verb.COMMIT, null) : unknown("it is not known");
            case "SET" -> set(text);
            case "USE" -> use(text);
            case "CALL" -> call(text);
            case "CREATE", "ALTER", "DROP", "RENAME" -> guard == null ? define(text) : guarded(text);
            case "ANALYZE" -> text.isAny(1, "TABLE", "LOCAL", "NO_WRITE_TO_BINLOG") ? new Plan.MayCommit(false) : text.isAny(1, "SELECT", "FORMAT") && dmlIn(text) < 0 ? Plan.Pass.PLAN : unknown("it runs the statement that it analyzes");
            case "GRANT", "REVOKE", "FLUSH", "OPTIMIZE", "REPAIR", "CHECK", "RESET", "PURGE", "CACHE", "INSTALL", "UNINSTALL", "CHANGE", "STOP", "SHUTDOWN", "BACKUP", "UNLOCK" -> new Plan.MayCommit(true);
            case "LOCK" -> guard == null ? unknown("LOCK TABLES would keep the transaction from its own record") : uncaptured("LOCK TABLES would keep this driver from the tables by which it knows what is published", true);
            case "PREPARE", "EXECUTE" -> unknown("it runs a statement that is kept elsewhere");
            case "XA" -> guard == null ? unknown("XA as text is not captured") : uncaptured("XA as text keeps this driver from its own statements: use an XADataSource", true);
            default -> other(text);
        };
    }

    /** {@code {call …}} of JDBC, a query in parentheses. */
    private Plan other(SqlText text) {
        if (text.isSymbol(0, "(")) {
            return query(text);
        } else if (text.isSymbol(0, "{") || text.kind(0) == TokenKind.PARAMETER) {
            return call(text);
        }
        return unknown("it is not known");
    }

    /** A query writes only where a word of writing stands in it that is no function: behind WITH, say. */
    private Plan query(SqlText text) {
        int write = text.isWord(0, "WITH") ? dmlIn(text) : -1;
        return write < 0 ? Plan.Pass.PLAN : unknown("it writes behind WITH");
    }

    private static int dmlIn(SqlText text) {
        for (int i = 1; i < text.size(); i++) {
            if (text.isAny(i, "INSERT", "UPDATE", "DELETE", "REPLACE") && !text.isSymbol(i + 1, "(") && !text.isWord(i - 1, "FOR")) {
                return i;
            }
        }
        return -1;
    }

    private Plan rollback(SqlText text) {
        int to = text.isWord(1, "WORK") ? 2 : 1;
        return text.isWord(to, "TO") ? savepoint(text, text.isWord(to + 1, "SAVEPOINT") ? to + 2 : to + 1, Verb.ROLLBACK_TO) : new Plan.TransactionText(Verb.ROLLBACK, null);
    }

    private Plan savepoint(SqlText text, int name, Verb verb) {
        return text.isName(name) ? new Plan.TransactionText(verb, text.value(name)) : Plan.Pass.PLAN;
    }

    private Plan set(SqlText text) {
        for (int i = 1; i < text.size(); i++) {
            if (text.isWord(i, "AUTOCOMMIT")) {
                boolean off = text.isSymbol(i + 1, "=") && (text.isAny(i + 2, "OFF", "FALSE") || text.kind(i + 2) == TokenKind.NUMBER && text.value(i + 2).equals("0"));
                return new Plan.TransactionText(off ? Verb.AUTOCOMMIT_OFF : Verb.AUTOCOMMIT_ON, null);
            } else if (text.isAny(i, "SQL_MODE", "LOWER_CASE_TABLE_NAMES")) {
                return Plan.Names.PLAN;
            } else if (text.isAny(i, "SQL_SELECT_LIMIT") && !text.isWord(i + 2, "DEFAULT")) {
                return unknown("SQL_SELECT_LIMIT would keep rows from capture");
            }
        }
        return text.isWord(1, "STATEMENT") ? unknown("it sets variables for a statement") : text.isAny(1, "PASSWORD", "ROLE", "DEFAULT") ? new Plan.MayCommit(true) : Plan.Pass.PLAN;
    }

    private Plan use(SqlText text) {
        return text.isName(1) && names.isPublisher(text.value(1)) ? uncaptured("database " + text.value(1) + " publishes itself: connect to it by its own URL", false) : Plan.Names.PLAN;
    }

    /** A procedure that is not known to write nothing was noticed by its name before. */
    private Plan call(SqlText text) {
        if (facts.isNothingPublished()) {
            return new Plan.MayCommit(true);
        }
        return facts.objects().isEmpty() ? uncaptured(Planner.CALLS, true) : new Plan.MayCommit(false);
    }

    /** TRUNCATE, which runs no trigger. */
    private Plan unseen(SqlText text, Plan otherwise) {
        Target target = names.target(text, text.isWord(1, "TABLE") ? 2 : 1);
        return target != null && target.isPublished() ? uncaptured("MariaDB runs no trigger for TRUNCATE: use DELETE", true) : otherwise;
    }

    // ---- definitions ----

    /** Where triggers capture, only what would harm them or the shape of what is published is held back. */
    private Plan guarded(SqlText text) {
        int trigger = text.isWords(0, "CREATE", "OR") ? 3 : text.isAny(0, "CREATE", "DROP") ? 1 : text.size();
        int name = text.isWords(trigger + 1, "IF", "EXISTS") ? trigger + 3 : trigger + 1;
        int last = text.isSymbol(name + 1, ".") ? name + 2 : name;
        if (text.isWord(trigger, "TRIGGER") && text.isName(last) && text.value(last).toLowerCase(Locale.ROOT).startsWith(TableName.PREFIX)) {
            return new Plan.Refused(() -> WaybillError.PUBLISHED_SHAPE.with(text.word(0) + " TRIGGER", text.value(last)));
        }
        Plan plan = guard.define(text);
        return plan instanceof Plan.Refused ? plan : guard.opensWay(text) ? uncaptured(ANOTHER_WAY, true) : define(text);
    }

    /** Whether it makes a foreign key lead to a table from which others lead to a published one: triggers stand where these began when it was published. */
    private boolean opensWay(SqlText text) {
        int table = text.find(0, "TABLE");
        Target target = text.isWord(0, "ALTER") && text.find(table, "REFERENCES") < text.size() ? names.target(text, text.isWords(table + 1, "IF", "EXISTS") ? table + 3 : table + 1) : null;
        return target != null && new Relatives(facts).isParent(target.name());
    }

    /** All of them commit, but those of temporary tables; what would change a published table under its replicas is refused. */
    private Plan define(SqlText text) {
        int table = text.find(0, "TABLE", "TABLES");
        int other = text.find(0, "INDEX", "VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "USER", "SEQUENCE");
        boolean ofTables = table < Math.min(text.size(), FIRST_WORDS) && table < other;
        if (ofTables) {
            return tables(text, table + 1, text.find(0, "TEMPORARY") < table);
        }
        String ours = own.changedBy(text);
        boolean wholeDatabase = text.isWord(0, "DROP") && text.isAny(1, "DATABASE", "SCHEMA");
        if (ours != null || wholeDatabase && !facts.isNothingPublished()) {
            return OwnTables.refused(text.word(0) + " " + text.word(1), ours == null ? "the database" : ours);
        }
        return new Plan.MayCommit(true);
    }

    private Plan tables(SqlText text, int from, boolean temporary) {
        int name = text.isWords(from, "IF", "NOT", "EXISTS") ? from + 3 : text.isWords(from, "IF", "EXISTS") ? from + 2 : from;
        for (Target target = names.target(text, name); target != null; target = next(text, target.end())) {
            if (own.isOwn(target)) {
                return OwnTables.refused(text.word(0) + " TABLE", target.name().toString());
            } else if (target.isPublished() && !isHarmless(text, target.end())) {
                TableName published = target.name();
                return new Plan.Refused(() -> WaybillError.PUBLISHED_SHAPE.with(text.word(0) + " TABLE", published));
            }
        }
        return temporary ? new Plan.Unpublished(List.of()) : new Plan.MayCommit(true);
    }

    /** {@code DROP TABLE a, b}; {@code RENAME TABLE a TO b, c TO d}. */
    private Target next(SqlText text, int end) {
        int at = text.isWord(end, "TO") || text.isSymbol(end, ",") ? end + 1 : text.size();
        return text.isAny(0, "DROP", "RENAME") ? names.target(text, at) : null;
    }

    /** ALTER TABLE that touches indexes alone, or only adds columns. */
    private static boolean isHarmless(SqlText text, int from) {
        return addsColumns(text, from) || text.isWord(0, "ALTER") && text.isAny(from, "ADD", "DROP") && text.isAny(from + 1, "INDEX", "KEY") && text.find(from, "COLUMN", "CONSTRAINT", "UNIQUE", "PRIMARY", "ENGINE", "RENAME", "MODIFY", "CHANGE", "CONVERT") >= text.size()
                || text.isWord(0, "CREATE") && text.find(0, "REPLACE") >= text.size() && text.isWords(2, "IF", "NOT", "EXISTS");
    }

    /** {@code ADD [COLUMN] a …, ADD (b …)}, and nothing else. */
    private static boolean addsColumns(SqlText text, int from) {
        boolean adds = text.isWord(0, "ALTER") && from < text.size();
        for (int at = from; at < text.size() && adds;) {
            int next = Assignments.afterExpression(text, at, text.size());
            adds = text.isWord(at, "ADD") && !text.isAny(at + 1, "INDEX", "KEY", "CONSTRAINT", "PRIMARY", "UNIQUE", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK", "PARTITION", "PERIOD", "SYSTEM") && text.find(at, "PRIMARY", "AUTO_INCREMENT") >= next;
            at = next + 1;
        }
        return adds;
    }
}
