// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.statement.Lexer;
import dev.waybill.statement.LexerRules;
import dev.waybill.statement.Token;
import dev.waybill.statement.TokenKind;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What in an H2 database can write without saying so in the statement. Used while one book of plans is made.
 * <pre>
 *   names   functions that can write ─► views that call them (and views of these) ─► a statement with such a name in it
 *           tables with a trigger on SELECT
 *   tables  triggers on writes; defaults, generated columns, ON UPDATE and checks, of the column or of its domain, that call such a function; linked tables, which may lead back here ─► a write to such a table
 * </pre>
 * A function that takes a connection can write, whatever it is declared. One that takes none and is not DETERMINISTIC is not trusted where a statement calls it, but is inside of defaults, checks and views: random numbers stand there.
 */
final class H2HiddenWrites {

    /** Triggers of H2 itself that write only to tables of their own. */
    private static final String FULL_TEXT = "org.h2.fulltext.";

    private final H2FactsReader database;
    private final Set<String> names = new HashSet<>();
    private final Set<String> writers = new HashSet<>();
    private final Set<TableName> tables = new HashSet<>();
    private final Set<TableName> domains = new HashSet<>();
    private int before;

    /** @param links tables of other databases */
    H2HiddenWrites(H2FactsReader database, Set<TableName> links) {
        this.database = database;
        this.tables.addAll(links);
    }

    /** Names, in upper case, that a statement cannot hold without perhaps writing. */
    Set<String> names() {
        return names;
    }

    /** Tables and views that cannot be written to without perhaps writing elsewhere. */
    Set<TableName> tables() {
        return tables;
    }

    H2HiddenWrites read() throws SQLException {
        triggers();
        routines();
        if (!writers.isEmpty()) {
            views();
            domains();
            columns();
        }
        names.addAll(writers);
        return this;
    }

    private void triggers() throws SQLException {
        database.read("SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, JAVA_CLASS, EVENT_MANIPULATION FROM INFORMATION_SCHEMA.TRIGGERS", row -> {
            if (row.getString(3) != null && row.getString(3).startsWith(FULL_TEXT)) {
                return;
            } else if (row.getString(4).equals("SELECT")) {
                writers.add(row.getString(2).toUpperCase(Locale.ROOT));
            } else {
                tables.add(new TableName(row.getString(1), row.getString(2)));
            }
        });
    }

    private void routines() throws SQLException {
        database.read("SELECT ROUTINE_NAME, IS_DETERMINISTIC, EXTERNAL_NAME, ROUTINE_DEFINITION FROM INFORMATION_SCHEMA.ROUTINES WHERE ROUTINE_TYPE <> 'AGGREGATE'", row -> {
            if (mayTakeConnection(row.getString(3), row.getString(4))) {
                writers.add(row.getString(1).toUpperCase(Locale.ROOT));
            } else if (!"YES".equals(row.getString(2))) {
                names.add(row.getString(1).toUpperCase(Locale.ROOT));
            }
        });
    }

    /** Whether a function's method takes a connection, as far as can be seen: what cannot be seen may. */
    private static boolean mayTakeConnection(String method, String source) {
        if (method == null) {
            return source == null || source.contains("Connection");
        }
        String plain = method.indexOf('(') < 0 ? method : method.substring(0, method.indexOf('('));
        int dot = plain.lastIndexOf('.');
        try {
            Class<?> type = Class.forName(plain.substring(0, dot), false, loader());
            return Arrays.stream(type.getMethods()).filter(each -> each.getName().equals(plain.substring(dot + 1))).map(Method::getParameterTypes)
                    .anyMatch(types -> types.length > 0 && types[0] == java.sql.Connection.class);
        } catch (ClassNotFoundException | LinkageError | IndexOutOfBoundsException unseen) {
            return true;
        }
    }

    private static ClassLoader loader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context != null ? context : H2HiddenWrites.class.getClassLoader();
    }

    /** A view can stand on others: until no more are found. */
    private void views() throws SQLException {
        do {
            before = writers.size();
            database.read("SELECT TABLE_NAME, VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS WHERE TABLE_SCHEMA <> 'INFORMATION_SCHEMA'", row -> {
                if (row.getString(2) == null || calls(row.getString(2))) {
                    writers.add(row.getString(1).toUpperCase(Locale.ROOT));
                }
            });
        } while (writers.size() > before);
    }

    private void domains() throws SQLException {
        do {
            before = domains.size();
            database.read("SELECT D.DOMAIN_SCHEMA, D.DOMAIN_NAME, D.DOMAIN_DEFAULT, D.DOMAIN_ON_UPDATE, K.CHECK_CLAUSE, D.PARENT_DOMAIN_SCHEMA, D.PARENT_DOMAIN_NAME FROM INFORMATION_SCHEMA.DOMAINS D"
                    + " LEFT JOIN INFORMATION_SCHEMA.DOMAIN_CONSTRAINTS C ON C.DOMAIN_SCHEMA = D.DOMAIN_SCHEMA AND C.DOMAIN_NAME = D.DOMAIN_NAME"
                    + " LEFT JOIN INFORMATION_SCHEMA.CHECK_CONSTRAINTS K ON K.CONSTRAINT_SCHEMA = C.CONSTRAINT_SCHEMA AND K.CONSTRAINT_NAME = C.CONSTRAINT_NAME", row -> {
                if (calls(row.getString(3)) || calls(row.getString(4)) || calls(row.getString(5)) || isSuch(row.getString(6), row.getString(7))) {
                    domains.add(new TableName(row.getString(1), row.getString(2)));
                }
            });
        } while (domains.size() > before);
    }

    private void columns() throws SQLException {
        database.read("SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_DEFAULT, GENERATION_EXPRESSION, COLUMN_ON_UPDATE, DOMAIN_SCHEMA, DOMAIN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA <> 'INFORMATION_SCHEMA'", row -> {
            if (calls(row.getString(3)) || calls(row.getString(4)) || calls(row.getString(5)) || isSuch(row.getString(6), row.getString(7))) {
                tables.add(new TableName(row.getString(1), row.getString(2)));
            }
        });
        database.read("SELECT T.TABLE_SCHEMA, T.TABLE_NAME, K.CHECK_CLAUSE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS T"
                + " JOIN INFORMATION_SCHEMA.CHECK_CONSTRAINTS K ON K.CONSTRAINT_SCHEMA = T.CONSTRAINT_SCHEMA AND K.CONSTRAINT_NAME = T.CONSTRAINT_NAME", row -> {
            if (calls(row.getString(3))) {
                tables.add(new TableName(row.getString(1), row.getString(2)));
            }
        });
    }

    private boolean isSuch(String domainSchema, String domain) {
        return domain != null && domains.contains(new TableName(domainSchema, domain));
    }

    /** Whether one of the names stands in this expression or query. */
    private boolean calls(String text) {
        if (text == null) {
            return false;
        }
        for (Token token : Lexer.tokens(text, LexerRules.H2)) {
            if ((token.kind() == TokenKind.WORD || token.kind() == TokenKind.QUOTED) && writers.contains(token.value(text).toUpperCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }
}
