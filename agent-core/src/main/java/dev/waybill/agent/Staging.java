// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.Unit;
import dev.waybill.dialect.Dialect;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Message;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Enumeration;
import java.util.NoSuchElementException;
import java.util.UUID;

/** The table {@code waybill.staged_part}: parts of large transactions until their group is complete and applied. In the caller's transaction. Stateless. */
final class Staging {

    private final String table;

    Staging(Dialect dialect) {
        this.table = dialect.catalogueTable("staged_part");
    }

    /** Stores a part; the same part again (another epoch, equal cut) changes nothing. */
    void store(Connection raw, String sender, Message message) throws SQLException {
        var envelope = message.envelope();
        remove(raw, sender, message);
        String sql = "INSERT INTO " + table + " (sender, incarnation, epoch, stream, prev, cut, sequence, this, from_byte, total_bytes, digest, kind, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        try (PreparedStatement insert = raw.prepareStatement(sql)) {
            insert.setString(1, sender);
            insert.setObject(2, envelope.senderIncarnation());
            insert.setInt(3, envelope.header().resendCount());
            insert.setInt(4, envelope.stream().number());
            insert.setLong(5, envelope.header().prev().bytes());
            insert.setBytes(6, envelope.part().cut().bytes());
            insert.setInt(7, envelope.header().sequence());
            insert.setLong(8, envelope.header().last().bytes());
            insert.setLong(9, envelope.part().fromByte());
            insert.setLong(10, envelope.part().totalBytes());
            insert.setBytes(11, envelope.prevDigest().bytes());
            insert.setInt(12, envelope.kind().code());
            insert.setBytes(13, message.body());
            insert.executeUpdate();
        }
    }

    private void remove(Connection raw, String sender, Message message) throws SQLException {
        var envelope = message.envelope();
        String sql = "DELETE FROM " + table + " WHERE sender = ? AND incarnation = ? AND prev = ? AND cut = ? AND sequence = ?";
        try (PreparedStatement delete = raw.prepareStatement(sql)) {
            delete.setString(1, sender);
            delete.setObject(2, envelope.senderIncarnation());
            delete.setLong(3, envelope.header().prev().bytes());
            delete.setBytes(4, envelope.part().cut().bytes());
            delete.setInt(5, envelope.header().sequence());
            delete.executeUpdate();
        }
    }

    /** Deletes groups that begin before this offset, or belong to another stream. */
    void dropBefore(Connection raw, String sender, LogOffset before, int stream) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + table + " WHERE sender = ? AND (prev < ? OR stream <> ?)")) {
            delete.setString(1, sender);
            delete.setLong(2, before.bytes());
            delete.setInt(3, stream);
            delete.executeUpdate();
        }
    }

    /** Deletes one group. */
    void drop(Connection raw, String sender, LogOffset prev, Digest cut) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + table + " WHERE sender = ? AND prev = ? AND cut = ?")) {
            delete.setString(1, sender);
            delete.setLong(2, prev.bytes());
            delete.setBytes(3, cut.bytes());
            delete.executeUpdate();
        }
    }

    /** The kind of message that a group's parts are. */
    int kind(Connection raw, String sender, UUID incarnation, Unit.Group group) throws SQLException {
        try (PreparedStatement select = select(raw, "MIN(kind)", sender, incarnation, group, ""); ResultSet row = select.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    /** The bodies of a complete group's parts, put together. Read part by part while the stream is read. */
    InputStream open(Connection raw, String sender, UUID incarnation, Unit.Group group) {
        return new SequenceInputStream(new Enumeration<>() {
            private int next;
            private byte[] part = load();

            private byte[] load() {
                try (PreparedStatement select = select(raw, "payload", sender, incarnation, group, " AND sequence = " + next + "");
                        ResultSet row = select.executeQuery()) {
                    return row.next() ? row.getBytes(1) : null;
                } catch (SQLException failed) {
                    throw new UncheckedIOException(new IOException(failed));
                }
            }

            @Override
            public boolean hasMoreElements() {
                return part != null;
            }

            @Override
            public InputStream nextElement() {
                if (part == null) {
                    throw new NoSuchElementException();
                }
                InputStream stream = new ByteArrayInputStream(part);
                next++;
                part = load();
                return stream;
            }
        });
    }

    private PreparedStatement select(Connection raw, String what, String sender, UUID incarnation, Unit.Group group, String more) throws SQLException {
        PreparedStatement select = raw.prepareStatement("SELECT " + what + " FROM " + table + " WHERE sender = ? AND incarnation = ? AND prev = ? AND cut = ?" + more);
        select.setString(1, sender);
        select.setObject(2, incarnation);
        select.setLong(3, group.prev().bytes());
        select.setBytes(4, group.cut().bytes());
        return select;
    }
}
