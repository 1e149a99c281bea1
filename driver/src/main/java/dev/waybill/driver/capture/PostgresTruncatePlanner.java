// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.ForeignKey;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans PostgreSQL's TRUNCATE. Immutable; any thread. */
final class PostgresTruncatePlanner {

    private final DatabaseFacts facts;
    private final NameResolver names;
    private final OwnTables own;
    private final PostgresDmlPlanner dml;

    /** @param dml says what may be written to, and what is reached by that */
    PostgresTruncatePlanner(DatabaseFacts facts, NameResolver names, PostgresDmlPlanner dml) {
        this.facts = facts;
        this.names = names;
        this.own = new OwnTables(facts, names);
        this.dml = dml;
    }

    /** The plan of a TRUNCATE. */
    Plan plan(SqlText text) {
        List<Target> targets = new ArrayList<>();
        int at = text.isWord(1, "TABLE") ? 2 : 1;
        while (at < text.size()) {
            boolean only = text.isWord(at, "ONLY");
            Target target = names.target(text, only ? at + 1 : at);
            if (target == null || only && !facts.isNothingPublished()) {
                return facts.isNothingPublished() ? new Plan.Unpublished(List.of()) : uncaptured("TRUNCATE of this form is not known");
            }
            if (own.isOwn(target)) {
                return OwnTables.refused("TRUNCATE", target.name().toString());
            }
            targets.add(target);
            int end = text.isSymbol(target.end(), "*") ? target.end() + 1 : target.end();
            at = text.isSymbol(end, ",") ? end + 1 : text.size();
        }
        List<TableName> all = new ArrayList<>(targets.stream().flatMap(target -> facts.isNothingPublished() ? Stream.of(target.name()) : dml.reached(target.name()).stream()).distinct().toList());
        if (facts.isNothingPublished()) {
            return new Plan.Unpublished(all);
        }
        Plan refused = targets.stream().map(dml::refused).filter(Objects::nonNull).findFirst().orElse(null);
        if (text.find(1, "CASCADE") < text.size()) {
            for (int i = 0; i < all.size(); i++) {
                facts.childrenOf(all.get(i)).stream().map(ForeignKey::child).filter(child -> !all.contains(child)).forEach(all::add);
            }
            refused = all.stream().map(name -> dml.refused(new Target(name, null, 0))).filter(Objects::nonNull).findFirst().orElse(refused);
        }
        List<TableName> captured = targets.stream().map(Target::name).collect(Collectors.toCollection(ArrayList::new));
        all.stream().filter(name -> !captured.contains(name) && targets.stream().noneMatch(target -> facts.beyond().reaches().getOrDefault(target.name(), Set.of()).contains(name))).forEach(captured::add);
        captured.removeIf(name -> !facts.captured().containsKey(name));
        return refused != null ? refused : captured.isEmpty() ? new Plan.Unpublished(all) : new Plan.TruncateTables(captured.stream().distinct().toList(), all);
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }
}
