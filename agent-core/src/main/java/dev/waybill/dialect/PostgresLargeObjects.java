// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.LargeValue;
import dev.waybill.change.SqlType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * PostgreSQL's large objects, by SQL functions alone. A column has them when its type is a domain {@code lo} over {@code oid}, as the extension of that name makes it: a bare {@code oid} may be any number. Such a column is a {@link SqlType#BLOB} whose
 * qualifier is the domain's name.
 */
final class PostgresLargeObjects implements LargeObjects {

    static final LargeObjects ALL = new PostgresLargeObjects();

    /** As many bytes as travel at once: an object is never held whole. */
    private static final int PIECE_BYTES = 256 * 1024;

    /** INV_READ: all of it is read as it was when it was opened. */
    private static final int READ = 0x40000;

    private PostgresLargeObjects() {}

    static ColumnType type(String domain) {
        return new ColumnType(SqlType.BLOB, -1, -1, domain, List.of(), List.of());
    }

    static boolean isType(ColumnType type) {
        return type.type() == SqlType.BLOB && !type.qualifier().isEmpty();
    }

    /** The statements that make the domain; empty when it is there. */
    static List<String> statements(Connection raw, ColumnType type) throws SQLException {
        boolean[] known = new boolean[1];
        Query.each(raw, "SELECT to_regtype(?) IS NOT NULL", row -> known[0] = row.getBoolean(1), type.qualifier());
        String schema = type.qualifier().substring(0, type.qualifier().indexOf("\".\"") + 1);
        return known[0] ? List.of() : List.of("CREATE SCHEMA IF NOT EXISTS " + schema, "CREATE DOMAIN " + type.qualifier() + " AS pg_catalog.oid");
    }

    /** The content of the object whose number stands in this column; it is read when it is opened, by the same connection. */
    static Object read(ResultSet row, int index) throws SQLException {
        long number = row.getLong(index);
        return row.wasNull() ? null : new Content(row.getStatement().getConnection(), number);
    }

    @Override
    public Set<String> columns(Connection raw, String schema, String table) throws SQLException {
        Set<String> columns = new HashSet<>();
        Query.each(raw, "SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped AND t.typname = 'lo' AND t.typbasetype = 'pg_catalog.oid'::pg_catalog.regtype",
                row -> columns.add(row.getString(1)), schema, table);
        return columns;
    }

    @Override
    public long create(Connection raw, Object content) throws SQLException {
        try (InputStream in = content instanceof LargeValue large ? large.open() : new ByteArrayInputStream((byte[]) content)) {
            byte[] piece = in.readNBytes(PIECE_BYTES);
            long number = number(raw, piece);
            long length = piece.length;
            try (PreparedStatement put = raw.prepareStatement("SELECT pg_catalog.lo_put(CAST(? AS pg_catalog.oid), ?, ?)")) {
                for (piece = in.readNBytes(PIECE_BYTES); piece.length > 0; piece = in.readNBytes(PIECE_BYTES)) {
                    put.setLong(1, number);
                    put.setLong(2, length);
                    put.setBytes(3, piece);
                    put.executeQuery().close();
                    length += piece.length;
                }
            }
            return number;
        } catch (IOException unreadable) {
            throw WholeValues.unreadable(unreadable);
        }
    }

    private static long number(Connection raw, byte[] beginning) throws SQLException {
        try (PreparedStatement create = raw.prepareStatement("SELECT pg_catalog.lo_from_bytea(0, ?)")) {
            create.setBytes(1, beginning);
            try (ResultSet row = create.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Override
    public void remove(Connection raw, Collection<Long> numbers) throws SQLException {
        Array all = raw.createArrayOf("int8", numbers.toArray());
        try (PreparedStatement unlink = raw.prepareStatement("SELECT pg_catalog.lo_unlink(m.oid) FROM pg_catalog.pg_largeobject_metadata m JOIN unnest(?) AS n (number) ON m.oid = CAST(n.number AS pg_catalog.oid)")) {
            unlink.setArray(1, all);
            unlink.executeQuery().close();
        } finally {
            all.free();
        }
    }

    /** An object's content, a piece at a time. Equal only to itself. */
    private record Content(Connection raw, long number) implements LargeValue {

        @Override
        public long lengthBytes() {
            return -1;
        }

        @Override
        public InputStream open() throws IOException {
            try {
                return new Pieces(raw, number);
            } catch (SQLException failed) {
                throw new IOException(failed.getMessage(), failed);
            }
        }
    }

    /** Reads an object that it has opened in the open transaction. One thread. */
    private static final class Pieces extends InputStream {

        private static final byte[] NOTHING = new byte[0];

        private final Connection raw;
        private final PreparedStatement pieces;
        private final int descriptor;
        private byte[] piece = NOTHING;
        private int at;
        private boolean ended;

        Pieces(Connection raw, long number) throws SQLException {
            this.raw = raw;
            this.descriptor = call(raw, "SELECT pg_catalog.lo_open(CAST(? AS pg_catalog.oid), " + READ + ")", number);
            this.pieces = raw.prepareStatement("SELECT pg_catalog.loread(?, " + PIECE_BYTES + ")");
        }

        private static int call(Connection raw, String sql, long argument) throws SQLException {
            try (PreparedStatement statement = raw.prepareStatement(sql)) {
                statement.setLong(1, argument);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        }

        @Override
        public int read() throws IOException {
            return isThere() ? piece[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            } else if (!isThere()) {
                return -1;
            }
            int given = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, to, offset, given);
            at += given;
            return given;
        }

        private boolean isThere() throws IOException {
            if (at < piece.length) {
                return true;
            } else if (ended) {
                return false;
            }
            try {
                pieces.setInt(1, descriptor);
                try (ResultSet row = pieces.executeQuery()) {
                    row.next();
                    piece = row.getBytes(1);
                }
            } catch (SQLException failed) {
                throw new IOException(failed.getMessage(), failed);
            }
            at = 0;
            ended = piece.length < PIECE_BYTES;
            return piece.length > 0;
        }

        @Override
        public void close() throws IOException {
            try {
                pieces.close();
                call(raw, "SELECT pg_catalog.lo_close(CAST(? AS int4))", descriptor);
            } catch (SQLException failed) {
                throw new IOException(failed.getMessage(), failed);
            }
        }
    }
}
