// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.audience.Settlement;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Hop;
import dev.waybill.conflict.Arbiter;
import dev.waybill.conflict.ConflictBook;
import dev.waybill.conflict.ConflictPolicy;
import dev.waybill.dialect.Dialect;
import dev.waybill.journal.LogOffset;
import dev.waybill.publication.RemoteUser;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** What one sender's transactions become in this database's own journal, in one database transaction. One thread. */
final class Onward {

    private final Connection raw;
    private final Dialect dialect;
    private final Relay relay;
    private final RemoteUser sender;
    private final Supplier<UUID> ids;
    private final Map<TableName, Mode> modes = new HashMap<>();
    private UUID incarnation;

    Onward(Connection raw, Dialect dialect, Relay relay, RemoteUser sender, Supplier<UUID> ids) {
        this.raw = raw;
        this.dialect = dialect;
        this.relay = relay;
        this.sender = sender;
        this.ids = ids;
    }

    String sender() {
        return sender.name();
    }

    boolean isFromAbove() {
        return sender.consolidated();
    }

    /** Whether changes of the table travel on. */
    boolean carries(TableName table) {
        return relay.shape(table) != null;
    }

    /** Something of what this sender sends is published here. */
    void isMet() {
        relay.relays(sender.name());
    }

    TableShape shape(TableName table) {
        return relay.shape(table);
    }

    boolean isWatched(TableName table) {
        return relay.isWatched(table);
    }

    Mode mode(TableName table) {
        return modes.computeIfAbsent(table, name -> relay.mode(sender, name));
    }

    /** Of a table whose mode is DECIDES. */
    ConflictPolicy policy(TableName table) {
        ConflictPolicy policy = relay.policy(table);
        return policy == null ? ConflictPolicy.LAST : policy;
    }

    Arbiter arbiter() {
        return relay.arbiter();
    }

    ConflictBook.Source source(LogOffset offset) throws SQLException {
        return new ConflictBook.Source(sender.name(), incarnation(), offset.bytes());
    }

    /** The entry of a transaction of the sender's, which is to be written yet. */
    OnwardEntry entry(Begin came, LogOffset offset) throws SQLException {
        List<Hop> path = new ArrayList<>(came.path());
        path.add(new Hop(sender.name(), incarnation(), offset.bytes()));
        return new OnwardEntry(raw, dialect, sender.name(), new Begin(ids.get(), came.publisher(), came.user(), path), settlement());
    }

    /** One of what this database itself has to say. */
    OnwardEntry own() {
        return new OnwardEntry(raw, dialect, null, new Begin(ids.get(), relay.catalogue().publisher(), "", List.of()), settlement());
    }

    private Settlement settlement() {
        return relay.catalogue().hasAudiences() ? new Settlement(raw, dialect, relay.catalogue()) : null;
    }

    private UUID incarnation() throws SQLException {
        if (incarnation == null) {
            try (PreparedStatement select = raw.prepareStatement("SELECT incarnation FROM " + dialect.catalogueTable("remote_user") + " WHERE user_name = ?")) {
                select.setString(1, sender.name());
                try (ResultSet row = select.executeQuery()) {
                    incarnation = row.next() ? dialect.uuid(row, 1) : null;
                }
            }
            incarnation = incarnation == null ? new UUID(0, 0) : incarnation;
        }
        return incarnation;
    }
}
