// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.Plan.Returning.Effect;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.facts.SqlText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts columns of ours into RETURNING. Immutable; any thread. */
final class PostgresReturning {

    private static final String OLD = "waybill_old";

    private final DatabaseFacts facts;

    PostgresReturning(DatabaseFacts facts) {
        this.facts = facts;
    }

    /** The plan of a statement whose rows become this. */
    Plan plan(PostgresWrite write, Effect effect, PlainInsert plain) {
        SqlText text = write.text();
        boolean listed = write.returning() < text.size();
        boolean old = effect == Effect.MOVE || (effect == Effect.UPSERT || effect == Effect.MERGE) && facts.beyond().hasOld();
        boolean aliased = text.isWords(write.returning(), "RETURNING", "WITH") && text.isSymbol(write.returning() + 2, "(");
        if (old && listed && (aliased || write.alias().equalsIgnoreCase("old") || write.alias().equalsIgnoreCase("new"))) {
            return new Plan.Uncaptured("its RETURNING clause gives OLD or NEW another meaning", false);
        }
        String own = listed ? text.text(write.returning() + 1, text.size()) : null;
        String statement = text.text(0, write.returning());
        String oldRow = listed ? "old" : OLD;
        return new Plan.Returning(write.table(), effect, statement, own, old && !listed ? "WITH (OLD AS " + OLD + ") " : "", ours(write, effect, old ? oldRow : null), old, plain);
    }

    /** Our columns, in the order in which {@link Plan.Returning} has them. */
    private static String ours(PostgresWrite write, Effect effect, String old) {
        CapturedTable table = write.table();
        List<String> columns = new ArrayList<>();
        if (effect == Effect.MERGE) {
            columns.add("merge_action()");
        }
        if (old != null) {
            table.oldColumns().forEach(column -> columns.add(old + "." + Quoting.quote(column)));
        }
        List<String> captured = effect == Effect.DELETE ? table.oldColumns() : Arrays.asList(table.taken());
        captured.forEach(column -> columns.add(write.alias() + "." + Quoting.quote(column)));
        return String.join(", ", columns);
    }
}
