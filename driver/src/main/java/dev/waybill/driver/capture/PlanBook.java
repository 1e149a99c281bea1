// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.publication.Catalogue;
import dev.waybill.statement.WaybillStatement;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The plans of one database under one catalogue, one state of its tables and one meaning of names; shared by all connections for which these are the same. A look-up is one read of a concurrent map. Any thread.
 */
final class PlanBook {

    /** Beyond this many texts the book begins again: an application with more writes literals into its texts, and would not come back to them. */
    private static final int MAX_PLANS = 4096;

    /** Longer texts are planned each time: they hold data. */
    private static final int MAX_TEXT = 8192;

    private final Catalogue catalogue;
    private final long definitions;
    private final NameContext context;
    private final DatabaseFacts facts;
    private final CaptureProduct.TextPlanner planner;
    private final ConcurrentMap<String, Plan> plans = new ConcurrentHashMap<>();

    PlanBook(Catalogue catalogue, long definitions, NameContext context, DatabaseFacts facts, CaptureProduct product) {
        this.catalogue = catalogue;
        this.definitions = definitions;
        this.context = context;
        this.facts = facts;
        this.planner = product.planner(facts, context);
    }

    /** Whether it holds under these. */
    boolean isFor(Catalogue other, long otherDefinitions) {
        return catalogue == other && definitions == otherDefinitions;
    }

    NameContext context() {
        return context;
    }

    DatabaseFacts facts() {
        return facts;
    }

    /** The plan for a text; null passes, for the real driver to refuse it. */
    Plan plan(String sql) {
        if (sql == null) {
            return Plan.Pass.PLAN;
        }
        Plan plan = plans.get(sql);
        return plan != null ? plan : make(sql);
    }

    private Plan make(String sql) {
        Plan plan = isOwn(sql) ? Plan.Own.PLAN : planner.plan(sql);
        if (sql.length() <= MAX_TEXT) {
            if (plans.size() >= MAX_PLANS) {
                plans.clear();
            }
            plans.put(sql, plan);
        }
        return plan;
    }

    /** Whether it begins like one of ours; what is wrong with it is told when it runs. */
    static boolean isOwn(String sql) {
        try {
            return sql != null && WaybillStatement.parse(sql) != null;
        } catch (SQLException wrong) {
            return true;
        }
    }
}
