// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.MariaDbNames;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import java.util.List;
import java.util.Set;

/** Plans of the statements of MariaDB that write rows: which tables they name, and whose plan that makes. Immutable; any thread. */
final class MariaDbDmlPlanner {

    private static final Set<String> MODIFIERS = Set.of("LOW_PRIORITY", "HIGH_PRIORITY", "QUICK", "INTO", "FROM");

    static final String OTHER_DATABASE = "the table belongs to another database, which publishes itself: connect to that by its own URL";
    static final String SETS = "its rows are chosen by a query of several queries (UNION and its like), which cannot be read with locks";
    /** Whatever SQL_SELECT_LIMIT the session has. */
    static final String ALL = " LIMIT 18446744073709551615";

    private final DatabaseFacts facts;
    private final MariaDbNames names;
    private final MariaDbDialect dialect;
    private final MariaDbInsertPlanner inserts;
    private final MariaDbRowsPlanner rows;
    private final MariaDbJoinPlanner joins;

    MariaDbDmlPlanner(DatabaseFacts facts, MariaDbNames names, MariaDbDialect dialect) {
        this.facts = facts;
        this.names = names;
        this.dialect = dialect;
        this.inserts = new MariaDbInsertPlanner(names, dialect);
        this.rows = new MariaDbRowsPlanner(facts, names, dialect);
        this.joins = new MariaDbJoinPlanner(facts, names, dialect, rows);
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }

    private static int afterModifiers(SqlText text) {
        int at = 1;
        while (MODIFIERS.contains(text.word(at))) {
            at++;
        }
        return at;
    }

    /** What is not of a form that is captured: no harm where nothing published is named and nothing can be reached. */
    private Plan unlessPublished(SqlText text, int from, int to, String why) {
        if (facts.isNothingPublished()) {
            return elsewhere(text, from, to) ? uncaptured(OTHER_DATABASE) : new Plan.Unpublished(List.of());
        }
        return uncaptured(why);
    }

    private boolean elsewhere(SqlText text, int from, int to) {
        for (int i = from; i < to; i++) {
            Target target = MariaDbNames.isQualified(text, i) ? null : names.target(text, i);
            if (target != null && names.isElsewhere(target.name())) {
                return true;
            }
        }
        return false;
    }

    /** What may be said of the target before anything else; null when the statement's own form decides. */
    private Plan judged(SqlText text, Target target, String verb) {
        if (target.name().isOurs() && !target.name().isWrittenByPeople() && facts.publisher() != null) {
            return OwnTables.refused(verb, target.name().toString());
        } else if (names.isElsewhere(target.name())) {
            return uncaptured(OTHER_DATABASE);
        } else if (facts.isNothingPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        } else if (names.isHidden(target.name())) {
            return uncaptured(target.name() + " is a view, has a trigger that may write, or stands for another table");
        }
        return null;
    }

    // ---- INSERT, REPLACE ----

    Plan insert(SqlText text) {
        return inserted(text, "INSERT");
    }

    Plan replace(SqlText text) {
        return inserted(text, "REPLACE");
    }

    private Plan inserted(SqlText text, String verb) {
        int at = afterModifiers(text);
        boolean ignore = text.isWord(at, "IGNORE");
        at = ignore ? at + (text.isWord(at + 1, "INTO") ? 2 : 1) : at;
        Target target = text.isWord(at, "DELAYED") ? null : names.target(text, at);
        if (target == null) {
            return unlessPublished(text, 1, text.size(), "its table cannot be made out");
        }
        Plan judged = judged(text, target, verb);
        if (judged != null) {
            return judged;
        } else if (verb.equals("REPLACE") && names.deletesFurther(target.name())) {
            return uncaptured("REPLACE deletes rows of " + target.name() + ", and foreign keys of a published table act upon that");
        } else if (!target.isPublished()) {
            boolean changes = text.find(target.end(), "DUPLICATE") < text.size();
            return changes && names.changesFurther(target.name(), inserts.assigned(text)) ? uncaptured("foreign keys of a published table act upon what ON DUPLICATE KEY UPDATE changes") : new Plan.Unpublished(List.of(target.name()));
        }
        return inserts.plan(text, target, ignore);
    }

    // ---- UPDATE ----

    Plan update(SqlText text) {
        int at = afterModifiers(text);
        boolean ignore = text.isWord(at, "IGNORE");
        at = ignore ? at + 1 : at;
        int set = text.find(at, "SET");
        Target target = names.target(text, at);
        boolean single = target != null && (target.end() == set || target.end() + 1 == set && text.isName(target.end()) || target.end() + 2 == set && text.isWord(target.end(), "AS"));
        if (!single) {
            return facts.isNothingPublished() ? unlessPublished(text, at, set, "") : joins.update(text, at);
        }
        Plan judged = judged(text, target, "UPDATE");
        return judged != null ? judged : rows.update(text, target, at, set, ignore);
    }

    // ---- DELETE ----

    Plan delete(SqlText text) {
        int at = afterModifiers(text);
        boolean ignore = text.isWord(at, "IGNORE");
        at = ignore ? at + (text.isWord(at + 1, "FROM") ? 2 : 1) : at;
        Target target = names.target(text, at);
        int condition = text.find(at, "WHERE", "ORDER", "LIMIT", "RETURNING");
        boolean from = text.isWord(at - 1, "FROM");
        boolean single = from && target != null && (target.end() == condition || target.end() + 1 == condition && text.isName(target.end()) || target.end() + 2 == condition && text.isWord(target.end(), "AS"));
        if (!single) {
            return facts.isNothingPublished() ? unlessPublished(text, at, text.size(), "") : joins.delete(text, at);
        }
        Plan judged = judged(text, target, "DELETE");
        return judged != null ? judged : rows.delete(text, target, at, condition, ignore);
    }

    // ---- others ----

    /** It commits by itself, and counts from the beginning afterwards: {@link Truncating}. Where other tables refer to it the server refuses it, unless the session does not look at foreign keys. */
    Plan truncate(SqlText text) {
        Target target = names.target(text, text.isWord(1, "TABLE") ? 2 : 1);
        if (target == null) {
            return facts.isNothingPublished() ? new Plan.MayCommit(true) : uncaptured("its table cannot be made out");
        }
        Plan judged = judged(text, target, "TRUNCATE");
        if (judged != null && !(judged instanceof Plan.Unpublished)) {
            return judged;
        } else if (!target.isPublished()) {
            return new Plan.MayCommit(false, false, target.name());
        } else if (facts.childrenOf(target.name()).stream().anyMatch(key -> !key.child().equals(target.name()))) {
            return uncaptured("other tables refer to " + target.name() + ": use DELETE");
        }
        CapturedTable table = target.captured();
        String name = dialect.quote(table.name().schema(), table.name().name());
        String delete = "DELETE FROM " + name + " RETURNING " + CurrentRows.keys(dialect, table);
        return new Plan.Truncate(new Plan.MariaDbReturning(table, Operation.DELETE, delete, false, ""), table.identity() == null ? null : "ALTER TABLE " + name + " AUTO_INCREMENT = 1");
    }

    Plan load(SqlText text) {
        int table = text.find(0, "TABLE");
        Target target = names.target(text, table + 1);
        Plan judged = target == null ? null : judged(text, target, "LOAD DATA");
        if (judged != null) {
            return judged;
        }
        return target == null || target.isPublished() || table > 1 && text.isWord(table - 2, "REPLACE") ? unlessPublished(text, table, text.size(), "LOAD DATA does not tell which rows it has written") : new Plan.Unpublished(List.of(target.name()));
    }
}
