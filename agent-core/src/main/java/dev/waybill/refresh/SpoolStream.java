// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.zip.CRC32C;

/** A spool's bytes, one part in memory. */
final class SpoolStream extends InputStream {

    private final Connection raw;
    private final String table;
    private final UUID spoolId;
    private byte[] part = new byte[0];
    private int position;
    private int next;
    private boolean last;

    SpoolStream(Connection raw, String table, UUID spoolId) {
        this.raw = raw;
        this.table = table;
        this.spoolId = spoolId;
    }

    @Override
    public int read() throws IOException {
        return fill() ? part[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, part.length - position);
        System.arraycopy(part, position, buffer, offset, count);
        position += count;
        return count;
    }

    private boolean fill() throws IOException {
        while (position == part.length && !last) {
            try (PreparedStatement statement = raw.prepareStatement("SELECT payload, size, crc, last FROM " + table + " WHERE spool_id = ? AND part = ?")) {
                statement.setObject(1, spoolId);
                statement.setInt(2, next);
                try (ResultSet row = statement.executeQuery()) {
                    take(row);
                }
            } catch (SQLException failed) {
                throw new IOException(failed);
            }
        }
        return position < part.length;
    }

    private void take(ResultSet row) throws SQLException {
        if (!row.next()) {
            throw WaybillError.REFRESH_SPOOL_LOST.with(spoolId, "part " + next + " is not there");
        }
        byte[] payload = row.getBytes(1);
        if (payload.length != row.getInt(2) || crc(payload) != row.getInt(3)) {
            throw WaybillError.REFRESH_SPOOL_LOST.with(spoolId, "part " + next + " is not what was written");
        }
        part = payload;
        position = 0;
        next++;
        last = row.getBoolean(4);
    }

    static int crc(byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }
}
