// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;

/** Finds the dialect of a database. Stateless; any thread. */
public final class Dialects {

    private static final String KNOWN = "H2, PostgreSQL, MariaDB, SQLite, HSQLDB";

    private static final Dialect POSTGRESQL = new PostgresDialect();
    private static final Dialect SQLITE = new SqliteDialect();
    private static final GenericDialect HSQLDB = new GenericDialect(new Hsqldb());

    private Dialects() {}

    /**
     * The dialect of the database behind this connection, with its settings for the case of names.
     *
     * @throws SQLException PRODUCT_UNKNOWN for a product that has none, PRODUCT_SETTING and PRODUCT_REMOTE for a database that cannot keep what is promised
     */
    public static Dialect of(Connection raw) throws SQLException {
        DatabaseMetaData metadata = raw.getMetaData();
        String product = metadata.getDatabaseProductName();
        if ("PostgreSQL".equals(product)) {
            return POSTGRESQL;
        }
        if ("MariaDB".equals(product)) {
            return MariaDbDialect.of(raw);
        }
        if ("SQLite".equals(product)) {
            return SQLITE;
        }
        if (Hsqldb.PRODUCT.equals(product)) {
            return HSQLDB.usable(raw);
        }
        if (!"H2".equals(product)) {
            throw WaybillError.PRODUCT_UNKNOWN.with(product, KNOWN);
        }
        if (metadata.storesUpperCaseIdentifiers()) {
            return new H2Dialect(IdentifierCase.UPPER);
        }
        return new H2Dialect(metadata.storesLowerCaseIdentifiers() ? IdentifierCase.LOWER : IdentifierCase.KEPT);
    }

    /**
     * The dialect for a real driver's URL, {@code jdbc:h2:…}, {@code jdbc:postgresql:…}, {@code jdbc:mariadb:…}, {@code jdbc:sqlite:…} or {@code jdbc:hsqldb:…}, by what the URL says.
     *
     * @throws SQLException PRODUCT_UNKNOWN for a product that has none
     */
    public static Dialect of(String url) throws SQLException {
        String text = url.toUpperCase(Locale.ROOT);
        if (text.startsWith("JDBC:POSTGRESQL:")) {
            return POSTGRESQL;
        }
        if (text.startsWith("JDBC:MARIADB:")) {
            return new MariaDbDialect(databaseOf(url));
        }
        if (text.startsWith("JDBC:SQLITE:")) {
            return SQLITE;
        }
        if (text.startsWith("JDBC:HSQLDB:")) {
            return HSQLDB;
        }
        if (!text.startsWith("JDBC:H2:")) {
            throw WaybillError.PRODUCT_UNKNOWN.with(url.replaceFirst("[;?].*", ""), KNOWN);
        }
        if (text.contains(";DATABASE_TO_LOWER=TRUE")) {
            return new H2Dialect(IdentifierCase.LOWER);
        }
        return new H2Dialect(text.contains(";DATABASE_TO_UPPER=FALSE") ? IdentifierCase.KEPT : IdentifierCase.UPPER);
    }

    /** What stands between the hosts and the parameters. */
    private static String databaseOf(String url) {
        String path = url.replaceFirst("[?].*", "");
        int hosts = path.indexOf("//");
        int slash = hosts < 0 ? -1 : path.indexOf('/', hosts + 2);
        return slash < 0 ? "" : path.substring(slash + 1);
    }
}
