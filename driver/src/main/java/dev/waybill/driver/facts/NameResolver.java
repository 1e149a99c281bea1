// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.driver.facts.DatabaseFacts.DatabaseObject;
import dev.waybill.statement.LexerRules;
import dev.waybill.statement.TokenKind;
import java.util.List;
import java.util.Locale;

/** Finds the table that a name in a text means, as the database would: schema given, or the current one, then the search path; through synonyms. Immutable; any thread. */
public final class NameResolver {

    private final DatabaseFacts facts;
    private final NameContext context;

    public NameResolver(DatabaseFacts facts, NameContext context) {
        this.facts = facts;
        this.context = context;
    }

    /** How texts are cut into tokens. */
    public LexerRules rules() {
        return context.rules();
    }

    /** The table named from this token on, or null when no name stands there. */
    public Target target(SqlText text, int from) {
        if (!text.isName(from)) {
            return null;
        }
        int last = from;
        while (text.isSymbol(last + 1, ".") && text.isName(last + 2)) {
            last += 2;
        }
        TableName name = resolve(last == from ? null : kept(text, last - 2), kept(text, last));
        return new Target(name, facts.captured().get(name), last + 1);
    }

    /** The name at this token as the database would keep it. */
    public String kept(SqlText text, int index) {
        return text.kind(index) == TokenKind.QUOTED ? text.value(index) : context.fold(text.value(index));
    }

    /** The schema or other object that the name here means. */
    public boolean isSame(SqlText text, int index, String kept) {
        return context.isSame(kept, kept(text, index));
    }

    /** Whether this column is the one that the database keeps under that name. */
    public boolean isAny(SqlText text, int index, Iterable<String> kept) {
        for (String name : kept) {
            if (isSame(text, index, name)) {
                return true;
            }
        }
        return false;
    }

    private TableName resolve(String schema, String name) {
        List<DatabaseObject> candidates = facts.objects().getOrDefault(name.toUpperCase(Locale.ROOT), List.of());
        if (schema != null) {
            return in(schema, name, candidates, new TableName(schema, name));
        }
        for (String path : context.schemas()) {
            TableName found = in(path, name, candidates, null);
            if (found != null) {
                return found;
            }
        }
        return new TableName(context.schemas().isEmpty() ? "" : context.schemas().get(0), name);
    }

    private TableName in(String schema, String name, List<DatabaseObject> candidates, TableName otherwise) {
        for (DatabaseObject candidate : candidates) {
            if (context.isSame(candidate.name().schema(), schema) && context.isSame(candidate.name().name(), name)) {
                return candidate.synonymFor() == null ? candidate.name() : candidate.synonymFor();
            }
        }
        return otherwise;
    }
}
