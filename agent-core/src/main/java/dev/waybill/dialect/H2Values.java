// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.LargeValue;
import dev.waybill.change.SqlType;
import dev.waybill.change.TextForm;
import dev.waybill.change.TransactionWriter;
import dev.waybill.change.ValueKind;
import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Year;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Values of H2's columns as the canonical Java classes of {@link ValueKind}, and back. On the commit path: no metadata is asked, nothing is converted twice. */
final class H2Values {

    private static final int LARGE = TransactionWriter.LARGE_VALUE_BYTES;

    private H2Values() {}

    // ---- reading ----

    static Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        return switch (type.kind()) {
            case INTEGER -> WholeValues.integer(row, index);
            case TEXT -> type.type() == SqlType.CLOB ? clob(row.getClob(index)) : WholeValues.text(row.getString(index));
            case DECIMAL -> row.getBigDecimal(index);
            case BYTES -> type.type() == SqlType.BLOB ? blob(row.getBlob(index)) : WholeValues.bytes(row.getBytes(index));
            case JSON -> WholeValues.bytes(row.getBytes(index));
            case BOOLEAN -> WholeValues.orNull(row, row.getBoolean(index));
            case REAL -> WholeValues.orNull(row, row.getFloat(index));
            case DOUBLE -> WholeValues.orNull(row, row.getDouble(index));
            case DECFLOAT -> decfloat(row, index);
            case DATE -> inRange(row, index, row.getObject(index, LocalDate.class));
            case TIME -> row.getObject(index, LocalTime.class);
            case TIME_WITH_ZONE -> row.getObject(index, OffsetTime.class);
            case TIMESTAMP -> inRange(row, index, row.getObject(index, LocalDateTime.class));
            case TIMESTAMP_WITH_ZONE -> inRange(row, index, row.getObject(index, OffsetDateTime.class));
            case UUID -> row.getObject(index, UUID.class);
            case INTERVAL -> intervalBody(row.getString(index));
            case GEOMETRY -> row.getBytes(index);
            case ARRAY -> array(row.getArray(index), type.components().get(0));
            case ROW -> fields(row.getObject(index), type.components());
        };
    }

    /** H2 counts to the years ±1,000,000,000, Java one year less; H2 then silently gives the nearest date that Java has. */
    private static Temporal inRange(ResultSet row, int index, Temporal value) throws SQLException {
        if (value != null && Math.abs(value.get(ChronoField.YEAR)) == Year.MAX_VALUE && row.getString(index).contains("1000000000")) {
            throw WaybillError.VALUE_OUT_OF_RANGE.with(row.getString(index), Year.MAX_VALUE);
        }
        return value;
    }

    /** H2 gives NaN and the infinities as text only. */
    private static Object decfloat(ResultSet row, int index) throws SQLException {
        String text = row.getString(index);
        return text == null || text.endsWith("N") || text.endsWith("y") ? text : row.getBigDecimal(index);
    }

    /** {@code INTERVAL '-1 02:03' DAY TO MINUTE} without all that the type says. */
    private static String intervalBody(String literal) {
        return literal == null ? null : literal.substring(literal.indexOf('\'') + 1, literal.lastIndexOf('\''));
    }

    private static Object clob(Clob clob) throws SQLException {
        if (clob == null) {
            return null;
        }
        long length = clob.length();
        if (length <= LARGE) {
            String text = clob.getSubString(1, (int) length);
            if (WholeValues.text(text) == text) {
                return text;
            }
        }
        return new StoredText(clob);
    }

    private static Object blob(Blob blob) throws SQLException {
        if (blob == null) {
            return null;
        }
        long length = blob.length();
        return length <= LARGE ? blob.getBytes(1, (int) length) : new StoredBytes(blob, length);
    }

    private static Object[] array(Array array, ColumnType element) throws SQLException {
        if (array == null) {
            return null;
        }
        List<Object> values = new ArrayList<>();
        try (ResultSet elements = array.getResultSet()) {
            while (elements.next()) {
                values.add(WholeValues.whole(read(elements, 2, element), element));
            }
        }
        return values.toArray();
    }

    private static Object[] fields(Object rowValue, List<ColumnType> types) throws SQLException {
        if (rowValue == null) {
            return null;
        }
        Object[] values = new Object[types.size()];
        try (ResultSet row = (ResultSet) rowValue) {
            row.next();
            for (int i = 0; i < values.length; i++) {
                values[i] = WholeValues.whole(read(row, i + 1, types.get(i)), types.get(i));
            }
        }
        return values;
    }

    // ---- binding ----

    static void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
            return;
        }
        switch (type.kind()) {
            case INTEGER -> statement.setLong(index, (Long) value);
            case TEXT -> bindText(statement, index, value, type);
            case DECIMAL -> statement.setBigDecimal(index, (BigDecimal) value);
            case BYTES, JSON -> bindBytes(statement, index, value, type);
            case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
            case REAL -> statement.setFloat(index, (Float) value);
            case DOUBLE -> statement.setDouble(index, (Double) value);
            case GEOMETRY -> statement.setBytes(index, (byte[]) value);
            case DATE, TIME, TIME_WITH_ZONE, TIMESTAMP, TIMESTAMP_WITH_ZONE, UUID -> statement.setObject(index, value);
            case DECFLOAT, INTERVAL -> statement.setString(index, (String) element(statement, value, type));
            case ARRAY, ROW -> statement.setObject(index, element(statement, value, type));
        }
    }

    /** Streams into columns that H2 stores as large objects; the others it holds whole itself. H2 has read a stream to its end when the setter returns. */
    private static void bindText(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        if (value instanceof LargeValue large && type.type() == SqlType.CLOB) {
            try (Reader content = TextForm.reader(large.open())) {
                statement.setCharacterStream(index, content);
            } catch (IOException e) {
                throw WholeValues.unreadable(e);
            }
        } else {
            statement.setString(index, (String) WholeValues.whole(value, type));
        }
    }

    private static void bindBytes(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        if (value instanceof LargeValue large && type.type() == SqlType.BLOB) {
            try (InputStream content = large.open()) {
                statement.setBinaryStream(index, content);
            } catch (IOException e) {
                throw WholeValues.unreadable(e);
            }
        } else {
            statement.setBytes(index, (byte[]) WholeValues.whole(value, type));
        }
    }

    /** A value inside an array or a row, as an object that H2 converts to the column's type without loss. */
    private static Object element(PreparedStatement statement, Object value, ColumnType type) throws SQLException {
        if (value == null) {
            return null;
        }
        return switch (type.kind()) {
            case DECFLOAT -> value.toString();
            case INTERVAL -> "INTERVAL '" + value + "' " + type.qualifier();
            case ARRAY -> elements(statement, (Object[]) value, type.components().get(0));
            case ROW -> rowValue(statement, (Object[]) value, type.components());
            default -> WholeValues.whole(value, type);
        };
    }

    private static Object[] elements(PreparedStatement statement, Object[] values, ColumnType type) throws SQLException {
        Object[] elements = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            elements[i] = element(statement, values[i], type);
        }
        return elements;
    }

    /** H2 takes a row value only as a result set of one row. */
    private static Object rowValue(PreparedStatement statement, Object[] values, List<ColumnType> types) throws SQLException {
        List<String> casts = types.stream().map(type -> "CAST(? AS " + H2Types.name(type) + ")").toList();
        PreparedStatement select = statement.getConnection().prepareStatement("SELECT " + String.join(", ", casts));
        select.closeOnCompletion();
        for (int i = 0; i < values.length; i++) {
            bind(select, i + 1, values[i], types.get(i));
        }
        return select.executeQuery();
    }

    // ---- large values ----

    /** A large object of H2, which stays readable while its transaction is open. */
    private record StoredText(Clob clob) implements LargeValue {
        @Override
        public long lengthBytes() {
            return -1;
        }

        @Override
        public InputStream open() throws IOException {
            try {
                return TextForm.stream(clob.getCharacterStream());
            } catch (SQLException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    private record StoredBytes(Blob blob, long lengthBytes) implements LargeValue {
        @Override
        public InputStream open() throws IOException {
            try {
                return blob.getBinaryStream();
            } catch (SQLException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }
}
