// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.statement.Lexer;
import dev.waybill.statement.LexerRules;
import dev.waybill.statement.Token;
import dev.waybill.statement.TokenKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds functions and procedures of PostgreSQL that may write to published tables, and the tables whose triggers, defaults and checks call them. Their sources are looked through: one that runs texts made at run time, or is in a language
 * that cannot be read, may write anywhere; one that changes rows and names a published table, or what reaches one, writes there; one that names a writer is one. Functions of extensions are trusted. Used while facts are read.
 */
final class PostgresHiddenWrites {

    private static final Set<String> WRITING = Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY");

    private final PostgresFactsReader database;
    private final Map<TableName, String> unseen;
    private final Set<String> tables = new HashSet<>();
    private final Set<String> writers = new HashSet<>();
    private final Set<String> unlinking = new HashSet<>();
    private final List<Routine> routines = new ArrayList<>();
    private final List<Caller> callers = new ArrayList<>();
    private boolean unlinksByTrigger;

    /** @param objects whether published rows refer to large objects */
    PostgresHiddenWrites(PostgresFactsReader database, Set<TableName> published, Map<TableName, String> unseen, boolean objects) {
        this.database = database;
        this.unseen = unseen;
        published.forEach(table -> tables.add(table.name().toUpperCase(Locale.ROOT)));
        if (objects) {
            writers.addAll(LargeObjectFacts.WRITING);
            unlinking.addAll(List.of("LO_UNLINK", "LO_MANAGE"));
        }
        unseen.keySet().forEach(table -> tables.add(table.name().toUpperCase(Locale.ROOT)));
    }

    /** Names of the writers, in upper case; tables that call them are added to the unseen ones. */
    Set<String> read() throws SQLException {
        database.read("SELECT p.proname, l.lanname, COALESCE(p.prosrc, ''), COALESCE(pg_catalog.pg_get_function_sqlbody(p.oid), '') FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prokind <> 'a'"
                + " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')", row ->
                routines.add(new Routine(row.getString(1).toUpperCase(Locale.ROOT), row.getString(2), words(row.getString(3) + " " + row.getString(4)))));
        if (!unlinking.isEmpty()) {
            unlinkers();
        }
        if (!routines.isEmpty()) {
            callers();
            while (grows()) {
                continue;
            }
        }
        return writers;
    }

    /** Functions that name one that removes large objects may remove them too. */
    private void unlinkers() throws SQLException {
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Routine routine : routines) {
                grown |= routine.words.stream().anyMatch(unlinking::contains) && unlinking.add(routine.name);
            }
        }
        database.read("SELECT p.proname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'",
                row -> unlinksByTrigger |= unlinking.contains(row.getString(1).toUpperCase(Locale.ROOT)));
    }

    /** Functions that may remove a large object, in upper case; only after {@link #read}. */
    Set<String> unlinking() {
        return unlinking;
    }

    /** Whether a trigger may; only after {@link #read}. */
    boolean unlinksByTrigger() {
        return unlinksByTrigger;
    }

    private void callers() throws SQLException {
        database.read("SELECT n.nspname, c.relname, p.proname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'", row ->
                callers.add(new Caller(new TableName(row.getString(1), row.getString(2)), "a trigger", Set.of(row.getString(3).toUpperCase(Locale.ROOT)))));
        database.read("SELECT n.nspname, c.relname, pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid = d.adrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace", row ->
                callers.add(new Caller(new TableName(row.getString(1), row.getString(2)), "a default", words(row.getString(3)))));
        database.read("SELECT n.nspname, c.relname, pg_catalog.pg_get_constraintdef(k.oid) FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE k.contype = 'c'", row -> callers.add(new Caller(new TableName(row.getString(1), row.getString(2)), "a check", words(row.getString(3)))));
    }

    /** Whether one more writer, or table that calls one, was found. */
    private boolean grows() {
        boolean grown = false;
        for (Routine routine : routines) {
            if (!writers.contains(routine.name) && writes(routine)) {
                grown |= writers.add(routine.name);
            }
        }
        for (Caller caller : callers) {
            if (!unseen.containsKey(caller.table) && caller.words.stream().anyMatch(writers::contains)) {
                unseen.put(caller.table, "table " + caller.table + " has " + caller.by + " that may write to published tables");
                tables.add(caller.table.name().toUpperCase(Locale.ROOT));
                grown = true;
            }
        }
        return grown;
    }

    private boolean writes(Routine routine) {
        if (!routine.language.equals("plpgsql") && !routine.language.equals("sql")) {
            return true;
        }
        boolean named = routine.words.stream().anyMatch(tables::contains);
        return routine.words.contains("EXECUTE") || named && routine.words.stream().anyMatch(WRITING::contains) || routine.words.stream().anyMatch(writers::contains);
    }

    /** Every word and name in upper case. */
    private static Set<String> words(String source) {
        Set<String> words = new HashSet<>();
        for (Token token : Lexer.tokens(source, LexerRules.POSTGRESQL)) {
            if (token.kind() == TokenKind.WORD || token.kind() == TokenKind.QUOTED) {
                words.add(token.value(source).toUpperCase(Locale.ROOT));
            }
        }
        return words;
    }

    private record Routine(String name, String language, Set<String> words) {}

    private record Caller(TableName table, String by, Set<String> words) {}
}
