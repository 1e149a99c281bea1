// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.LargeValue;
import dev.waybill.change.TextForm;
import dev.waybill.change.TransactionWriter;
import dev.waybill.change.ValueKind;
import dev.waybill.error.WaybillError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Values that a product's driver gives or takes whole, between its classes and the canonical ones: what exceeds {@link TransactionWriter#LARGE_VALUE_BYTES} becomes a {@link LargeValue}. */
final class WholeValues {

    private static final int LARGE = TransactionWriter.LARGE_VALUE_BYTES;

    private WholeValues() {}

    // ---- reading ----

    static Object orNull(ResultSet row, Object value) throws SQLException {
        return row.wasNull() ? null : value;
    }

    static Long integer(ResultSet row, int index) throws SQLException {
        long value = row.getLong(index);
        return value == 0 && row.wasNull() ? null : value;
    }

    static Object text(String text) {
        return text == null || text.length() <= LARGE / 3 || TextForm.lengthBytes(text) <= LARGE ? text : new HeldText(text);
    }

    static Object bytes(byte[] bytes) {
        return bytes == null || bytes.length <= LARGE ? bytes : new HeldBytes(bytes);
    }

    // ---- binding ----

    /** A large value as text or bytes; any other as it is. */
    static Object whole(Object value, ColumnType type) throws SQLException {
        if (!(value instanceof LargeValue large)) {
            return value;
        }
        try (InputStream content = large.open()) {
            if (type.kind() != ValueKind.TEXT) {
                return content.readAllBytes();
            }
            StringWriter text = new StringWriter();
            TextForm.reader(content).transferTo(text);
            return text.toString();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    static SQLException unreadable(IOException cause) {
        return WaybillError.VALUE_UNREADABLE.because(cause, cause.getMessage());
    }

    private record HeldText(String text) implements LargeValue {
        @Override
        public long lengthBytes() {
            return TextForm.lengthBytes(text);
        }

        @Override
        public InputStream open() {
            return TextForm.stream(new StringReader(text));
        }
    }

    private record HeldBytes(byte[] bytes) implements LargeValue {
        @Override
        public long lengthBytes() {
            return bytes.length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }
    }
}
