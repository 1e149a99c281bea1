// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.util.Locale;
import java.util.Set;

/** A table by its names as the database keeps them; the schema is empty where a database has none. */
public record TableName(String schema, String name) {

    /** What the names of our tables, and of our triggers, begin with where a database has no schemas inside it. */
    public static final String PREFIX = "waybill_";
    private static final Set<String> OURS = Set.of("catalogue", "lease", "message_type", "message_type_option", "publication", "article", "subscription", "subscription_period", "remote_user", "journal_head",
            "journal", "snapshot", "snapshot_spool", "staged_part", "quarantine", "link_position", "received_table", "counter", "capture_report", "dead_letter", "dead_letter_key", "conflict", "conflict_value", "passthrough_step", "audit", "outbox", "outbox_seen", "outbox_cleared", "entry", "fence",
            "after_commit_job", "after_commit_pause", "sys_backgroundjob_info", "replica_property", "remote_call", "remote_request", "remote_procedure", "remote_right", "sync_user", "tentative_transaction", "tentative_statement", "tentative_property", "tentative_received", "sync_parameter", "notify_setting", "notifier", "push_request", "push_request_state", "listener_address", "trigger_row", "trigger_shape", "trigger_mark", "trigger_slot");
    private static final Set<String> WRITTEN_BY_PEOPLE = Set.of("push_request", "notify_setting", "listener_address");
    /** What the names of tables begin with of which there may be one for each published table; a number follows. */
    public static final String CASCADE = "cascade_";

    /** The name of this table. */
    public static TableName of(TableShape table) {
        return new TableName(table.schema(), table.name());
    }

    /** Names differ more often than schemas. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TableName table && name.equals(table.name) && schema.equals(table.schema);
    }

    @Override
    public int hashCode() {
        return 31 * schema.hashCode() + name.hashCode();
    }

    /** Whether it is a table of our own catalogue, which never travels and is never written by what travels: by the schema, or by its whole name, which it has where a database has no schemas. */
    public boolean isOurs() {
        return schema.equalsIgnoreCase("waybill") || isOurs(name);
    }

    /** Whether one of our tables has this name where a database has no schemas. */
    public static boolean isOurs(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith(PREFIX) && (OURS.contains(lower.substring(PREFIX.length())) || isCascade(lower.substring(PREFIX.length())));
    }

    /** Whether it is one of ours whose rows people write: what to wake, and how. It never travels either. */
    public boolean isWrittenByPeople() {
        String lower = name.toLowerCase(Locale.ROOT);
        return isOurs() && WRITTEN_BY_PEOPLE.contains(lower.startsWith(PREFIX) ? lower.substring(PREFIX.length()) : lower);
    }

    private static boolean isCascade(String name) {
        return name.startsWith(CASCADE) && name.length() > CASCADE.length() && name.chars().skip(CASCADE.length()).allMatch(Character::isDigit);
    }

    /** {@code schema.name}, for people. */
    @Override
    public String toString() {
        return schema.isEmpty() ? name : schema + "." + name;
    }
}
