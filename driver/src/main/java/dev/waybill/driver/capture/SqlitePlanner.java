// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.capture.Plan.TransactionText.Verb;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.SqliteFactsReader;
import dev.waybill.driver.facts.Target;
import dev.waybill.error.WaybillError;
import dev.waybill.statement.LexerRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Makes plans from SQLite's texts, by tokens alone. Rows are not its business: the connection's log sees them (see {@link SqliteLog}), so every write is planned as one that passes and is remembered. What it has to know is what ends a
 * transaction, and what would take the log away, go round it, or change what replicas know of a published table. Immutable; any thread.
 */
final class SqlitePlanner {

    /** What the log and the outbox are recognised by. */
    static final String OURS = "waybill_";

    /** Settings that the log does not survive, or by which somebody gets round it. */
    private static final Set<String> HARMFUL = Set.of("TEMP_STORE", "TEMP_STORE_DIRECTORY", "WRITABLE_SCHEMA", "SCHEMA_VERSION");

    private final DatabaseFacts facts;
    private final NameResolver names;

    SqlitePlanner(DatabaseFacts facts, NameContext context) {
        this.facts = facts;
        this.names = new NameResolver(facts, context);
    }

    /** The plan of a text. */
    Plan plan(String sql) {
        List<SqlText> statements = statements(SqlText.whole(sql, LexerRules.SQLITE));
        if (statements.isEmpty()) {
            return Plan.Pass.PLAN;
        }
        return statements.size() == 1 ? statement(statements.get(0)) : script(statements);
    }

    /** Cut at semicolons, but not in the body of a trigger, between BEGIN and END. */
    private static List<SqlText> statements(SqlText all) {
        List<SqlText> statements = new ArrayList<>(1);
        int from = 0;
        int bodies = 0;
        for (int i = 0; i <= all.size(); i++) {
            boolean isTrigger = all.isWord(from, "CREATE") && (all.isWord(from + 1, "TRIGGER") || all.isAny(from + 1, "TEMP", "TEMPORARY") && all.isWord(from + 2, "TRIGGER"));
            bodies += isTrigger && (all.isWord(i, "BEGIN") || bodies > 0 && all.isWord(i, "CASE")) ? 1 : bodies > 0 && all.isWord(i, "END") ? -1 : 0;
            if (i == all.size() || all.isSymbol(i, ";") && bodies == 0) {
                if (i > from) {
                    statements.add(all.part(from, i));
                }
                from = i + 1;
            }
        }
        return statements;
    }

    /** Which of them run depends on how the driver is called. */
    private Plan script(List<SqlText> statements) {
        List<TableName> written = new ArrayList<>();
        boolean plain = true;
        for (SqlText statement : statements) {
            Plan plan = statement(statement);
            if (plan instanceof Plan.Refused || plan instanceof Plan.Uncaptured) {
                return plan;
            } else if (plan instanceof Plan.Unpublished write) {
                written.addAll(write.tables());
            }
            plain &= plan instanceof Plan.Pass || plan instanceof Plan.Unpublished;
        }
        if (plain) {
            return written.isEmpty() && statements.stream().allMatch(statement -> statement(statement) instanceof Plan.Pass) ? Plan.Pass.PLAN : new Plan.Unpublished(written);
        }
        return new Plan.Script(statements.stream().map(SqlText::text).toList());
    }

    private Plan statement(SqlText text) {
        return switch (text.word(0)) {
            case "SELECT", "VALUES", "EXPLAIN", "BACKUP" -> Plan.Pass.PLAN;
            case "INSERT", "REPLACE", "UPDATE", "DELETE" -> write(text, 0);
            case "WITH" -> with(text);
            case "COMMIT", "END" -> new Plan.TransactionText(Verb.COMMIT, null);
            case "ROLLBACK" -> rollback(text);
            case "SAVEPOINT" -> new Plan.TransactionText(Verb.SAVEPOINT, name(text, 1));
            case "RELEASE" -> new Plan.TransactionText(Verb.RELEASE, name(text, text.isWord(1, "SAVEPOINT") ? 2 : 1));
            case "BEGIN" -> new Plan.TransactionText(Verb.BEGIN, null);
            case "PRAGMA" -> pragma(text);
            case "CREATE", "ALTER", "DROP" -> definition(text);
            case "ATTACH", "DETACH" -> Plan.Names.PLAN;
            case "VACUUM", "ANALYZE", "REINDEX" -> Plan.Pass.PLAN;
            case "RESTORE" -> facts.publisher() == null ? Plan.Pass.PLAN : new Plan.Uncaptured("it replaces the whole database, of which no transaction tells", false);
            default -> facts.publisher() == null ? Plan.Pass.PLAN : new Plan.Uncaptured("nobody knows what it does", false);
        };
    }

    // ---- rows ----

    private Plan with(SqlText text) {
        int at = text.find(0, "SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE");
        return text.isAny(at, "SELECT", "VALUES") ? Plan.Pass.PLAN : write(text, at);
    }

    private Plan write(SqlText text, int verb) {
        if (!facts.isNothingPublished() && facts.routines().contains("*")) {
            return new Plan.Uncaptured("a definition of this database says REPLACE, there are triggers, and then nobody sees the rows that go", false);
        } else if (!facts.isNothingPublished() && facts.routines().contains("REPLACE") && replaces(text)) {
            return new Plan.Uncaptured("there are triggers, and then nobody sees the rows that REPLACE takes away; use ON CONFLICT … DO UPDATE", false);
        }
        Target target = target(text, verb);
        if (target == null || target.name().schema().equals(SqliteFactsReader.TEMPORARY)) {
            return isClosed(target) ? OwnTables.refused(text.word(verb), target.name().name()) : new Plan.Unpublished(List.of());
        }
        return isClosed(target) ? OwnTables.refused(text.word(verb), target.name().name()) : new Plan.Unpublished(List.of(target.name()));
    }

    /** Not the function of that name. */
    private static boolean replaces(SqlText text) {
        for (int i = 0; i < text.size(); i++) {
            if (text.isWord(i, "REPLACE") && !text.isSymbol(i + 1, "(")) {
                return true;
            }
        }
        return false;
    }

    private Target target(SqlText text, int verb) {
        if (text.isWord(verb, "UPDATE")) {
            return named(text, text.isWord(verb + 1, "OR") ? verb + 3 : verb + 1);
        }
        int into = text.isWord(verb, "DELETE") ? text.find(verb, "FROM") : text.find(verb, "INTO");
        return named(text, into + 1);
    }

    /** {@code main.} is how this connection's own database is written. */
    private Target named(SqlText text, int at) {
        boolean isMain = text.isName(at) && text.value(at).equalsIgnoreCase("main") && text.isSymbol(at + 1, ".");
        Target target = names.target(text, isMain ? at + 2 : at);
        return target == null || target.name().schema().isEmpty() || target.name().schema().equals(SqliteFactsReader.TEMPORARY) ? target
                : new Target(new TableName(target.name().schema().toLowerCase(Locale.ROOT), target.name().name()), null, target.end());
    }

    private boolean isOurs(Target target) {
        return facts.publisher() != null && target != null && isOurs(target.name().name());
    }

    private boolean isClosed(Target target) {
        return isOurs(target) && !target.name().isWrittenByPeople();
    }

    private static boolean isOurs(String name) {
        return name.regionMatches(true, 0, OURS, 0, OURS.length());
    }

    // ---- transactions ----

    private Plan rollback(SqlText text) {
        int to = text.isWord(1, "TRANSACTION") ? 2 : 1;
        return text.isWord(to, "TO") ? new Plan.TransactionText(Verb.ROLLBACK_TO, name(text, text.isWord(to + 1, "SAVEPOINT") ? to + 2 : to + 1)) : new Plan.TransactionText(Verb.ROLLBACK, null);
    }

    private static String name(SqlText text, int index) {
        return text.isName(index) ? text.value(index).toLowerCase(Locale.ROOT) : "";
    }

    // ---- settings ----

    private Plan pragma(SqlText text) {
        int name = text.isSymbol(2, ".") ? 3 : 1;
        boolean sets = text.isSymbol(name + 1, "=") || text.isSymbol(name + 1, "(");
        if (facts.publisher() == null || !sets) {
            return Plan.Pass.PLAN;
        } else if (HARMFUL.contains(text.word(name))) {
            return new Plan.Uncaptured("the setting " + text.word(name).toLowerCase(Locale.ROOT) + " would take the connection's log of changes away", false);
        } else if (text.isWord(name, "RECURSIVE_TRIGGERS") && !isOn(text, name + 2)) {
            return new Plan.Uncaptured("without recursive triggers nobody sees the rows that REPLACE takes away", false);
        }
        return Plan.Pass.PLAN;
    }

    private static boolean isOn(SqlText text, int at) {
        return at < text.size() && Set.of("1", "ON", "TRUE", "YES").contains(text.value(at).toUpperCase(Locale.ROOT));
    }

    // ---- definitions ----

    private Plan definition(SqlText text) {
        boolean temporary = text.isAny(1, "TEMP", "TEMPORARY") || text.find(0, "TEMP") < text.size();
        Plan defines = new Plan.Defines(temporary);
        if (facts.publisher() == null) {
            return defines;
        }
        int kind = text.isAny(1, "TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL") ? 2 : 1;
        int name = kind + 1 + (text.isWords(kind + 1, "IF", "NOT", "EXISTS") ? 3 : text.isWords(kind + 1, "IF", "EXISTS") ? 2 : 0);
        Target target = named(text, name);
        Target on = text.isAny(kind, "INDEX", "TRIGGER") && text.isWord(0, "CREATE") ? named(text, text.find(name, "ON") + 1) : null;
        if (isOurs(target) || isOurs(on)) {
            return OwnTables.refused(text.word(0) + " " + text.word(kind), (isOurs(target) ? target : on).name().name());
        } else if (target != null && target.isPublished() && harms(text, kind, target)) {
            return new Plan.Refused(() -> WaybillError.PUBLISHED_SHAPE.with(text.word(0) + " " + text.word(kind), target.name()));
        }
        return defines;
    }

    private boolean harms(SqlText text, int kind, Target target) {
        if (text.isWord(0, "DROP")) {
            return text.isWord(kind, "TABLE");
        } else if (!text.isWord(0, "ALTER") || text.isWord(target.end(), "ADD")) {
            return false;
        }
        int column = text.isWord(target.end() + 1, "COLUMN") ? target.end() + 2 : target.end() + 1;
        return text.isWord(target.end() + 1, "TO") || !text.isName(column) || names.isAny(text, column, Arrays.asList(target.captured().captured()));
    }
}
