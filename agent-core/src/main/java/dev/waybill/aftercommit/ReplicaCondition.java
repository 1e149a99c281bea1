// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Term;
import dev.waybill.predicate.TextRule;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;

/**
 * Which replicas FOR EACH REPLICA means: comparisons (= &lt;&gt; &lt; &gt; &lt;= &gt;=) and LIKE … ESCAPE of properties with texts, with AND, OR, NOT. A property that a replica does not have is NULL, and what is not known to be true does
 * not choose it. Texts are compared character by character, by code points. Names are in lower case unless quoted. Immutable; any thread.
 */
public final class ReplicaCondition {

    private static final TextRule EXACT = new TextRule(TextRule.Ending.COUNT, TextRule.Units.CODE_POINTS, TextRule.Units.CODE_POINTS);
    private static final int LONGEST = 4_000;

    private final Condition condition;

    private ReplicaCondition(Condition condition) {
        this.condition = condition;
    }

    /**
     * As it was read by {@link Condition#parse}.
     *
     * @throws SQLException CONDITION_REFUSED for one that compares a property with something else than a text
     */
    public static ReplicaCondition of(Condition read) throws SQLException {
        return new ReplicaCondition(read.resolved(ReplicaCondition::property));
    }

    static ReplicaCondition ofText(String text) throws SQLException {
        return of(Condition.ofText(text));
    }

    private static Term.Column property(Term.Column written) throws SQLException {
        return written.found(written.quoted() ? written.name() : written.name().toLowerCase(Locale.ROOT), ColumnType.of(SqlType.VARCHAR, LONGEST, -1), EXACT);
    }

    /** Reading it again gives the same. */
    public String text() {
        return condition.text();
    }

    /** @param properties of one replica, its name among them */
    boolean holds(Map<String, String> properties) {
        return condition.holds(properties::get);
    }
}
