// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.Operation;
import dev.waybill.change.TableName;
import dev.waybill.driver.facts.ForeignKey.Action;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Which foreign keys make the database change published rows by itself when rows of another table go or change. Immutable; any thread. */
public final class Relatives {

    private final DatabaseFacts facts;

    public Relatives(DatabaseFacts facts) {
        this.facts = facts;
    }

    /** The foreign keys by which deleting rows of this table reaches a published one, directly or through others. */
    public List<ForeignKey> onDelete(TableName parent) {
        return facts.childrenOf(parent).stream().filter(key -> reaches(key, new HashSet<>())).toList();
    }

    private boolean reaches(ForeignKey key, Set<TableName> seen) {
        if (key.onDelete() == Action.NONE) {
            return false;
        } else if (facts.captured().containsKey(key.child())) {
            return true;
        }
        return key.onDelete() == Action.CASCADE && seen.add(key.child()) && facts.childrenOf(key.child()).stream().anyMatch(next -> reaches(next, seen));
    }

    /** The foreign keys by which other values in these columns reach another table that is published, or that passes them on. */
    public List<ForeignKey> onUpdate(TableName parent, Assignments assignments, Set<String> changing) {
        return onUpdate(parent, key -> assignments.mayChange(key.parentColumns(), changing));
    }

    /** As {@link #onUpdate} for what is known of each column. */
    public List<ForeignKey> onUpdateOf(TableName parent, Predicate<String> mayChange) {
        return onUpdate(parent, key -> key.parentColumns().stream().anyMatch(mayChange));
    }

    private List<ForeignKey> onUpdate(TableName parent, Predicate<ForeignKey> mayChange) {
        return facts.childrenOf(parent).stream().filter(key -> key.onUpdate() != Action.NONE && mayChange.test(key))
                .filter(key -> facts.captured().containsKey(key.child()) || isPassedOn(key)).toList();
    }

    /** Whether what this foreign key changes in its child can go further, or change the child's own key: that is not worked out. */
    public boolean isBeyond(ForeignKey key) {
        CapturedTable child = facts.captured().get(key.child());
        return isPassedOn(key) || child != null && child.keyColumns().stream().anyMatch(column -> key.childColumns().contains(column) || child.changing().contains(column));
    }

    private boolean isPassedOn(ForeignKey key) {
        return facts.childrenOf(key.child()).stream().anyMatch(next -> next.onUpdate() != Action.NONE && next.parentColumns().stream().anyMatch(key.childColumns()::contains));
    }

    /** Whether other values in columns that are not the key make the database change other rows. */
    public boolean followsOtherColumns(CapturedTable table) {
        return facts.childrenOf(table.name()).stream().anyMatch(key -> key.onUpdate() != Action.NONE && !table.keyColumns().containsAll(key.parentColumns())
                && (facts.captured().containsKey(key.child()) || isPassedOn(key)));
    }

    /** Whether anything that happens to rows of this table makes the database change rows of published ones. */
    public boolean isParent(TableName table) {
        return !onDelete(table).isEmpty() || facts.childrenOf(table).stream().anyMatch(key -> key.onUpdate() != Action.NONE && (facts.captured().containsKey(key.child()) || isPassedOn(key)));
    }

    /** Whether this, done to a row of the table, may make the database change rows of published ones. */
    public boolean isFollowed(TableName table, Operation operation) {
        return switch (operation) {
            case INSERT -> false;
            case UPDATE -> !onUpdateOf(table, column -> true).isEmpty();
            default -> isParent(table);
        };
    }

    /** All foreign keys that deleting rows of this table sets in motion, the indirect ones too. */
    public Set<ForeignKey> allOnDelete(TableName parent) {
        Set<ForeignKey> all = new HashSet<>();
        collect(parent, all);
        return all;
    }

    private void collect(TableName parent, Set<ForeignKey> all) {
        for (ForeignKey key : onDelete(parent)) {
            if (all.add(key) && key.onDelete() == Action.CASCADE) {
                collect(key.child(), all);
            }
        }
    }
}
