// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.statement.Lexer;
import dev.waybill.statement.LexerRules;
import dev.waybill.statement.Token;
import dev.waybill.statement.TokenKind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** What in an HSQLDB database can write without saying so in the statement: triggers, tables with a history, routines that are not declared to read at most, and defaults, checks and generated columns that call them. Used while one book of plans is made. */
public final class HsqldbHiddenWrites implements GenericHiddenWrites {

    private static final String ROUTINES = "SELECT ROUTINE_NAME FROM INFORMATION_SCHEMA.ROUTINES WHERE ROUTINE_SCHEMA NOT IN ('INFORMATION_SCHEMA', 'SYSTEM_LOBS') AND"
            + " (EXTERNAL_NAME IS NOT NULL OR SQL_DATA_ACCESS NOT IN ('CONTAINS', 'CONTAINS SQL', 'READS', 'READS SQL DATA', 'NO SQL', 'NONE'))";

    private final Connection raw;
    private final Set<String> routines = new HashSet<>();

    public HsqldbHiddenWrites(Connection raw) {
        this.raw = raw;
    }

    @Override
    public Set<String> routines() throws SQLException {
        read(ROUTINES, row -> routines.add(row.getString(1).toUpperCase(Locale.ROOT)));
        for (int before = -1; before < routines.size() && !routines.isEmpty();) {
            before = routines.size();
            read("SELECT TABLE_NAME, VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS WHERE TABLE_SCHEMA <> 'INFORMATION_SCHEMA'", row -> {
                if (calls(row.getString(2))) {
                    routines.add(row.getString(1).toUpperCase(Locale.ROOT));
                }
            });
        }
        return routines;
    }

    @Override
    public Set<TableName> tables() throws SQLException {
        Set<TableName> tables = new HashSet<>();
        read("SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE FROM INFORMATION_SCHEMA.TRIGGERS", row -> tables.add(name(row)));
        read("SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE IS_SYSTEM_TIME_PERIOD_START = 'YES'", row -> tables.add(name(row)));
        if (!routines().isEmpty()) {
            read("SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_DEFAULT, GENERATION_EXPRESSION FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA <> 'INFORMATION_SCHEMA'", row -> {
                if (calls(row.getString(3)) || calls(row.getString(4))) {
                    tables.add(name(row));
                }
            });
            read("SELECT T.TABLE_SCHEMA, T.TABLE_NAME, K.CHECK_CLAUSE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS T JOIN INFORMATION_SCHEMA.CHECK_CONSTRAINTS K"
                    + " ON K.CONSTRAINT_SCHEMA = T.CONSTRAINT_SCHEMA AND K.CONSTRAINT_NAME = T.CONSTRAINT_NAME", row -> {
                if (calls(row.getString(3))) {
                    tables.add(name(row));
                }
            });
        }
        return tables;
    }

    private static TableName name(ResultSet row) throws SQLException {
        return new TableName(row.getString(1), row.getString(2));
    }

    /** Whether one of the routines stands in this expression or query. */
    private boolean calls(String text) {
        if (text == null) {
            return false;
        }
        for (Token token : Lexer.tokens(text, LexerRules.HSQLDB)) {
            if ((token.kind() == TokenKind.WORD || token.kind() == TokenKind.QUOTED) && routines.contains(token.value(text).toUpperCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    private void read(String sql, H2FactsReader.RowReader each) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                each.accept(row);
            }
        }
    }
}
