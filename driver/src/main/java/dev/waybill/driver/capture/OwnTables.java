// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import dev.waybill.error.WaybillError;

/**
 * Which statements of an application would change what is Waybill's own. They are refused whatever is published and however {@code waybill.uncaptured} is set; reading, and rights to read, are nobody's harm. Where no publisher is named there
 * is nothing of ours. Immutable; any thread.
 */
final class OwnTables {

    private static final String SCHEMA = "waybill";

    private final DatabaseFacts facts;
    private final NameResolver names;

    OwnTables(DatabaseFacts facts, NameResolver names) {
        this.facts = facts;
        this.names = names;
    }

    /** Whether this table is ours; without a schema nobody has looked which table it is. */
    boolean isOwn(Target target) {
        return facts.publisher() != null && !target.name().schema().isEmpty() && target.name().isOurs();
    }

    /** Whether it is one of ours whose rows nobody but us may change. */
    boolean isClosed(Target target) {
        return isOwn(target) && !target.name().isWrittenByPeople();
    }

    /** What CREATE, ALTER or DROP would change of ours; null for nothing. */
    String changedBy(SqlText definition) {
        if (facts.publisher() == null) {
            return null;
        } else if (definition.isWords(0, "DROP", "ALL")) {
            return "schema " + SCHEMA;
        } else if (definition.isAny(0, "DROP", "ALTER") && definition.isWord(1, "SCHEMA")) {
            return isSchema(definition, definition.isWord(2, "IF") ? 4 : 2) ? "schema " + SCHEMA : null;
        }
        String qualified = qualified(definition, definition.isWord(0, "CREATE") ? definition.find(1, "AS", "FOR") : definition.size());
        return qualified != null ? qualified : definition.isAny(0, "DROP", "ALTER") && definition.isAny(1, "TABLE", "VIEW") ? unqualified(definition, definition.isWord(2, "IF") ? 4 : 2) : null;
    }

    /** The first name in our schema; what a new table or view is read from, or a synonym stands for, comes after the end. */
    private static String qualified(SqlText text, int end) {
        for (int i = 1; i < end; i++) {
            if (isSchema(text, i) && text.isSymbol(i + 1, ".") && text.isName(i + 2) && !text.isSymbol(i - 1, ".")) {
                return SCHEMA + "." + text.value(i + 2);
            }
        }
        return null;
    }

    /** One of the tables named here, when the current schema is ours. */
    private String unqualified(SqlText text, int from) {
        for (Target target = names.target(text, from); target != null; target = text.isSymbol(target.end(), ",") ? names.target(text, target.end() + 1) : null) {
            if (isOwn(target)) {
                return target.name().toString();
            }
        }
        return null;
    }

    private static boolean isSchema(SqlText text, int index) {
        return text.isName(index) && text.value(index).equalsIgnoreCase(SCHEMA);
    }

    static Plan refused(String verb, String what) {
        return new Plan.Refused(() -> WaybillError.OWN_TABLE.with(verb, what));
    }
}
