// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.predicate.TextRule;
import dev.waybill.predicate.TextRule.Ending;
import dev.waybill.predicate.TextRule.Units;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/** How products compare text, as was measured ({@code ConditionsAgreeWithDatabasesTest}). Null stands for what is not known for certain. Stateless. */
final class TextRules {

    private TextRules() {}

    /** Java's own order unless the database has a collation. CHAR is compared without the spaces at its end. */
    static TextRule h2(Connection raw, boolean fixed) throws SQLException {
        String collation = one(raw, "SELECT setting_value FROM information_schema.settings WHERE setting_name = 'COLLATION'");
        if (collation != null && !collation.equals("OFF")) {
            return null;
        }
        return fixed ? new TextRule(Ending.DROPPED, Units.CHARACTERS, Units.UNKNOWN) : new TextRule(Ending.COUNT, Units.CHARACTERS, Units.CHARACTERS);
    }

    /** A collation of a language orders by its own rules; equal are only equal texts unless the collation says so itself. A pattern of LIKE means the spaces of CHAR, which a comparison does not. */
    static TextRule postgres(Connection raw, String schema, String table, String column, boolean fixed) throws SQLException {
        String bytes = "c.collprovider IN ('b', 'c') AND c.collcollate IN ('C', 'POSIX')";
        String usual = "c.collprovider = 'd' AND COALESCE(to_jsonb(d) ->> 'datlocprovider', 'c') = 'c' AND d.datcollate IN ('C', 'POSIX')";
        String found = one(raw, "SELECT CASE WHEN NOT c.collisdeterministic THEN 'unequal' WHEN pg_encoding_to_char(d.encoding) = 'UTF8' AND (" + bytes + " OR " + usual + ") THEN 'binary' ELSE 'language' END"
                + " FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_collation c ON c.oid = a.attcollation"
                + " JOIN pg_database d ON d.datname = current_database() WHERE n.nspname = ? AND t.relname = ? AND a.attname = ?", schema, table, column);
        if (found == null || found.equals("unequal")) {
            return null;
        }
        Units order = found.equals("binary") ? Units.CODE_POINTS : Units.UNKNOWN;
        return fixed ? new TextRule(Ending.DROPPED, order, Units.UNKNOWN) : new TextRule(Ending.COUNT, order, Units.CODE_POINTS);
    }

    /** Only the collations that end in {@code _bin} are exact; most of these fill texts with spaces before they compare them. */
    static TextRule mariaDb(Connection raw, String database, String table, String column, boolean fixed) throws SQLException {
        String collation = one(raw, "SELECT collation_name FROM information_schema.columns WHERE table_schema = ? AND table_name = ? AND column_name = ?", database, table, column);
        if (collation == null || !collation.endsWith("_bin")) {
            return null;
        }
        boolean unicode = collation.startsWith("utf8") || collation.startsWith("ascii");
        return new TextRule(collation.endsWith("_nopad_bin") ? Ending.COUNT : Ending.FILLED, unicode ? Units.CODE_POINTS : Units.UNKNOWN, fixed ? Units.UNKNOWN : Units.CODE_POINTS);
    }

    /** Bytes, unless the table's definition names a collation. LIKE takes small letters for large ones, or does not: each connection decides. */
    static TextRule sqlite(Connection raw, String table) throws SQLException {
        String definition = one(raw, "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE", table);
        if (definition == null || definition.toUpperCase(Locale.ROOT).contains("COLLATE")) {
            return null;
        }
        return new TextRule(Ending.COUNT, "UTF-8".equals(one(raw, "PRAGMA encoding")) ? Units.CODE_POINTS : Units.UNKNOWN, Units.UNKNOWN);
    }

    /** The collation that HSQLDB has of itself fills with spaces, and a pattern without wildcards too. */
    static TextRule hsqldb(Connection raw, String schema, String table, String column) throws SQLException {
        String collation = one(raw, "SELECT collation_name FROM information_schema.columns WHERE table_schema = ? AND table_name = ? AND column_name = ?", schema, table, column);
        return "SQL_TEXT".equals(collation) ? new TextRule(Ending.FILLED, Units.CHARACTERS, Units.UNKNOWN) : null;
    }

    private static String one(Connection raw, String sql, String... values) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                select.setString(i + 1, values[i]);
            }
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }
}
