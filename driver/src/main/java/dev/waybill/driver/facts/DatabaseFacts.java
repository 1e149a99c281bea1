// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What plans are made from: the published tables, and of all the rest of the database what can change them unseen. Immutable; any thread.
 *
 * @param version     of the catalogue
 * @param publisher   the name under which this database sends; null before GRANT PUBLISH
 * @param captured    the published tables
 * @param objects     every table, view and synonym, by its name in upper case; empty when nothing is published or received
 * @param triggers    tables and views with a trigger that can run code of its own
 * @param foreignKeys all of the database
 * @param routines    functions that can write, by their name in upper case
 * @param received    tables that other databases send to this one
 * @param sureRows    of a data change table the database shows so many rows for certain: see {@code Deleting}
 * @param beyond      what only PostgreSQL has; null elsewhere
 * @param covered     published tables whose changes triggers of ours capture
 * @param guarded     where triggers capture, so that nothing is published to these facts: those by which definitions are judged all the same; null elsewhere
 */
public record DatabaseFacts(long version, String publisher, Map<TableName, CapturedTable> captured, Map<String, List<DatabaseObject>> objects, Set<TableName> triggers,
        List<ForeignKey> foreignKeys, Set<String> routines, Set<TableName> received, int sureRows, PostgresFacts beyond, Set<TableName> covered, DatabaseFacts guarded) {

    public DatabaseFacts {
        captured = Map.copyOf(captured);
        objects = Map.copyOf(objects);
        triggers = Set.copyOf(triggers);
        foreignKeys = List.copyOf(foreignKeys);
        routines = Set.copyOf(routines);
        received = Set.copyOf(received);
        covered = Set.copyOf(covered);
    }

    DatabaseFacts(long version, String publisher, Map<TableName, CapturedTable> captured, Map<String, List<DatabaseObject>> objects, Set<TableName> triggers,
            List<ForeignKey> foreignKeys, Set<String> routines, Set<TableName> received, int sureRows) {
        this(version, publisher, captured, objects, triggers, foreignKeys, routines, received, sureRows, null, Set.of(), null);
    }

    /** As these, for a database in which triggers capture: the driver lets everything pass but definitions that would harm what is published. */
    DatabaseFacts captureless() {
        return new DatabaseFacts(version, publisher, Map.of(), objects, Set.of(), List.of(), Set.of(), received, 0, null, Set.of(), this);
    }

    /** As these, with tables that triggers of ours capture. */
    DatabaseFacts covering(Set<TableName> tables) {
        return new DatabaseFacts(version, publisher, captured, objects, triggers, foreignKeys, routines, received, sureRows, beyond, tables, guarded);
    }

    /** Nothing is published: everything passes; names are known only for the sake of tables that are received. */
    static DatabaseFacts nothingPublished(long version, String publisher, Map<String, List<DatabaseObject>> objects, Set<TableName> received) {
        return new DatabaseFacts(version, publisher, Map.of(), objects, Set.of(), List.of(), Set.of(), received, 0);
    }

    /** Objects by name in upper case. */
    static Map<String, List<DatabaseObject>> byName(List<DatabaseObject> objects) {
        return objects.stream().collect(Collectors.groupingBy(object -> object.name().name().toUpperCase(Locale.ROOT)));
    }

    public boolean isNothingPublished() {
        return captured.isEmpty();
    }

    /** The published tables themselves, without what is captured as a part of one of them. */
    public Set<TableName> published() {
        return captured.values().stream().map(CapturedTable::name).collect(Collectors.toSet());
    }

    /** Tables and views that cannot be written to without perhaps writing unseen to a published table, and why. */
    public Map<TableName, String> hidden() {
        return beyond != null ? beyond.unseen() : triggers.stream().collect(Collectors.toMap(table -> table, table -> table + " has a trigger, or a default, a check or a generated column that calls code of its own"));
    }

    /** Published tables and others that are written to by writing to this one. */
    public Set<TableName> reached(TableName from) {
        return beyond == null ? Set.of() : beyond.reaches().getOrDefault(from, Set.of());
    }

    /** Foreign keys of which this is the parent. */
    public List<ForeignKey> childrenOf(TableName parent) {
        return foreignKeys.stream().filter(key -> key.parent().equals(parent)).toList();
    }

    /** A table, view or synonym; {@code synonymFor} is null for all but synonyms. */
    public record DatabaseObject(TableName name, TableName synonymFor) {}
}
