// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.facts.DatabaseFacts.DatabaseObject;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What names in a text mean on MariaDB, where a schema is a database, and what foreign keys do beyond a statement. Immutable; any thread. */
public final class MariaDbNames {

    private static final String CATALOGUE = "WAYBILL_CATALOGUE";

    private final DatabaseFacts facts;
    private final NameContext context;
    private final MariaDbDialect dialect;

    public MariaDbNames(DatabaseFacts facts, NameContext context, MariaDbDialect dialect) {
        this.facts = facts;
        this.context = context;
        this.dialect = dialect;
    }

    /** The table named from this token on, or null when no name stands there. */
    public Target target(SqlText text, int from) {
        if (!text.isName(from)) {
            return null;
        }
        boolean qualified = text.isSymbol(from + 1, ".") && text.isName(from + 2);
        String schema = qualified ? schema(text.value(from)) : context.schemas().isEmpty() ? "" : context.schemas().get(0);
        TableName name = new TableName(schema, text.value(qualified ? from + 2 : from));
        int end = qualified ? from + 3 : from + 1;
        return text.isSymbol(end, ".") ? null : new Target(name, captured(name), end);
    }

    private String schema(String database) {
        return context.ignoreCase() && database.equalsIgnoreCase(dialect.home()) ? MariaDbDialect.HOME : dialect.schema(database, null);
    }

    private CapturedTable captured(TableName name) {
        CapturedTable exact = facts.captured().get(name);
        if (exact != null || !context.ignoreCase()) {
            return exact;
        }
        return facts.captured().entrySet().stream().filter(entry -> entry.getKey().toString().equalsIgnoreCase(name.toString())).map(Map.Entry::getValue).findFirst().orElse(null);
    }

    /** Whether a table's rows are captured by connections to another database, and not by this one. */
    public boolean isElsewhere(TableName name) {
        return !name.schema().isEmpty() && !name.schema().equals(MariaDbDialect.HOME) && isPublisher(name.schema());
    }

    /** Whether another database of this server has a catalogue of its own. */
    public boolean isPublisher(String database) {
        return facts.objects().getOrDefault(CATALOGUE, List.of()).stream().map(DatabaseObject::name).anyMatch(table -> table.schema().equalsIgnoreCase(database) && !table.schema().equals(MariaDbDialect.HOME));
    }

    /** Whether writing to this table may write elsewhere: a view, a trigger, another table's storage. */
    public boolean isHidden(TableName name) {
        return facts.triggers().stream().anyMatch(table -> table.equals(name) || context.ignoreCase() && table.toString().equalsIgnoreCase(name.toString()));
    }

    /** The published table that a word of this part of the text names, whatever it means there; null for none. */
    public TableName mentioned(SqlText text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.isName(i)) {
                for (TableName table : facts.captured().keySet()) {
                    if (table.name().equalsIgnoreCase(text.value(i))) {
                        return table;
                    }
                }
            }
        }
        return null;
    }

    /** Whether a function or procedure is called that may write. */
    public boolean calls(SqlText text) {
        for (int i = 0; i < text.size() && !facts.routines().isEmpty(); i++) {
            if (text.isName(i) && (text.isSymbol(i + 1, "(") || text.isWord(0, "CALL")) && facts.routines().contains(routine(text, i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a point stands before this token. */
    public static boolean isQualified(SqlText text, int name) {
        return name > 1 && text.isSymbol(name - 1, ".");
    }

    private String routine(SqlText text, int name) {
        boolean qualified = isQualified(text, name) && text.isName(name - 2);
        return routine(new TableName(qualified ? schema(text.value(name - 2)) : context.schemas().get(0), text.value(name)));
    }

    /** A routine as the facts have it. */
    static String routine(TableName name) {
        return name.toString().toUpperCase(Locale.ROOT);
    }

    /** Whether foreign keys would delete or change rows of a published table when rows of this one are deleted. */
    public boolean deletesFurther(TableName table) {
        return reaches(table, new HashSet<>());
    }

    private boolean reaches(TableName parent, Set<TableName> met) {
        for (ForeignKey key : facts.childrenOf(parent)) {
            boolean acts = key.onDelete() != ForeignKey.Action.NONE;
            if (acts && (facts.captured().containsKey(key.child()) || isElsewhere(key.child()) || met.add(key.child()) && reaches(key.child(), met))) {
                return true;
            }
        }
        return false;
    }

    /** The same when these columns of rows are changed. */
    public boolean changesFurther(TableName table, Set<String> columns) {
        return facts.childrenOf(table).stream().filter(key -> key.onUpdate() != ForeignKey.Action.NONE && key.parentColumns().stream().anyMatch(column -> columns.contains(column.toLowerCase(Locale.ROOT))))
                .anyMatch(key -> facts.captured().containsKey(key.child()) || isElsewhere(key.child()) || !facts.childrenOf(key.child()).isEmpty());
    }

    /** Whether foreign keys lead from this table to one that connections to another database capture. */
    public boolean reachesElsewhere(TableName table) {
        return reachesElsewhere(table, new HashSet<>());
    }

    private boolean reachesElsewhere(TableName parent, Set<TableName> met) {
        for (ForeignKey key : facts.childrenOf(parent)) {
            boolean acts = key.onDelete() != ForeignKey.Action.NONE || key.onUpdate() != ForeignKey.Action.NONE;
            if (acts && (isElsewhere(key.child()) || met.add(key.child()) && reachesElsewhere(key.child(), met))) {
                return true;
            }
        }
        return false;
    }
}
