// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Anything that a JDBC call can give, as a text that is equal when the application could see no difference. */
final class Described {

    private static final Pattern OBJECT = Pattern.compile("\\b(conn|prep|call|stat|rs|dbMeta|ar|blob|clob|sp)\\d+");
    private static final Pattern DATABASE = Pattern.compile("\\b(bare|BARE|ours|OURS|d_)\\d+");
    /** PostgreSQL gives a routine its number in the database for a specific name. */
    private static final Pattern ROUTINE = Pattern.compile("_\\d{5}\\b");
    /** MariaDB names the connection in every error. */
    private static final Pattern CONNECTION = Pattern.compile("\\(conn=\\d+\\)");
    private static final Pattern HASH = Pattern.compile("@[0-9a-f]+");

    private Described() {}

    /** A value, or an exception that the call threw. */
    static String of(Object value) {
        try {
            return text(value);
        } catch (SQLException | IOException | RuntimeException failed) {
            return "describing failed with " + exception(failed);
        }
    }

    private static String text(Object value) throws SQLException, IOException {
        if (value == null) {
            return "null";
        } else if (value instanceof Throwable thrown) {
            return exception(thrown);
        } else if (value instanceof ResultSet rows) {
            return "rows" + rows(rows);
        } else if (value instanceof ResultSetMetaData columns) {
            return "columns" + columns(columns);
        } else if (value instanceof ParameterMetaData parameters) {
            return "parameters " + parameters.getParameterCount();
        } else if (value instanceof Connection connection) {
            return "connection closed=" + connection.isClosed();
        } else if (value instanceof Statement statement) {
            return "statement closed=" + statement.isClosed() + " " + anonymous(statement);
        } else if (value instanceof DatabaseMetaData metaData) {
            return "metadata " + anonymous(metaData.getURL()).replace("jdbc:waybill:", "not the real URL");
        } else if (value instanceof java.sql.Array array) {
            return "array " + of(array.getArray()) + " " + array.getBaseTypeName();
        } else if (value instanceof Blob blob) {
            return "blob " + HexFormat.of().formatHex(blob.getBytes(1, (int) blob.length()));
        } else if (value instanceof Clob clob) {
            return "clob " + clob.getSubString(1, (int) clob.length());
        } else if (value instanceof InputStream stream) {
            return "stream " + HexFormat.of().formatHex(stream.readAllBytes());
        } else if (value instanceof Reader reader) {
            StringWriter writer = new StringWriter();
            reader.transferTo(writer);
            return "reader " + writer;
        } else if (value instanceof Savepoint savepoint) {
            return "savepoint " + savepoint.getClass();
        } else if (value.getClass().isArray()) {
            return elements(value);
        } else if (value.getClass().getName().startsWith("java.lang.") || value.getClass().getName().startsWith("java.")) {
            return value.getClass().getName() + " " + anonymous(value);
        }
        return value.getClass().getName() + (value.getClass().getName().startsWith("org.postgresql.util.") ? " " + anonymous(value) : "");
    }

    private static String elements(Object array) {
        StringBuilder text = new StringBuilder(array.getClass().getName());
        for (int i = 0; i < Array.getLength(array); i++) {
            text.append(i == 0 ? " " : ", ").append(of(Array.get(array, i)));
        }
        return text.toString();
    }

    /** H2 numbers its objects; the databases have numbers too. */
    private static String anonymous(Object value) {
        String text = DATABASE.matcher(value.toString()).replaceAll("database");
        text = CONNECTION.matcher(ROUTINE.matcher(text).replaceAll("_#")).replaceAll("(conn=#)");
        return HASH.matcher(OBJECT.matcher(text).replaceAll("$1#")).replaceAll("@#");
    }

    static String exception(Throwable thrown) {
        String text = thrown.getClass().getName() + ": " + anonymous(String.valueOf(thrown.getMessage()));
        if (thrown instanceof SQLException exception) {
            text += " state=" + exception.getSQLState() + " code=" + exception.getErrorCode() + " next=" + (exception.getNextException() != null);
        }
        if (thrown instanceof BatchUpdateException batch) {
            text += " counts=" + Arrays.toString(batch.getLargeUpdateCounts());
        }
        return text;
    }

    /** Columns and rows from where the cursor stands; the cursor is after the last row then. */
    static String rows(ResultSet rows) throws SQLException {
        if (rows.isClosed()) {
            return " closed";
        }
        StringBuilder text = new StringBuilder(columns(rows.getMetaData()));
        for (int row = 0; row < 1000 && rows.next(); row++) {
            text.append('\n');
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                text.append(i == 1 ? "" : ", ").append(rows.getString(i));
            }
        }
        return anonymous(text);
    }

    private static String columns(ResultSetMetaData columns) throws SQLException {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            text.append(" [").append(columns.getColumnLabel(i)).append(' ').append(columns.getColumnTypeName(i)).append(' ').append(columns.getPrecision(i)).append(' ')
                    .append(columns.isNullable(i)).append(' ').append(columns.getTableName(i)).append(']');
        }
        return text.toString();
    }
}
