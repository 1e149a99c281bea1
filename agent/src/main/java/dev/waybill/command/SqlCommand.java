// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.command.terminal.TextTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill sql}. */
@Command(
        name = "sql",
        mixinStandardHelpOptions = true,
        description = {"Executes statements through the driver, one argument each: Waybill's own and the database's. Stops at the first that fails; what was committed before stays.",
            "%nExample:  ./waybill sql jdbc:h2:./hq \"GRANT PUBLISH TO hq\" \"SELECT * FROM waybill.remote_user\""})
final class SqlCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseAddress database;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "STATEMENT", description = "SQL to execute.")
    private List<String> statements = new ArrayList<>();

    @Option(names = "--max-rows", paramLabel = "N", defaultValue = "1000", description = "Rows shown of each result (default ${DEFAULT-VALUE}); how many there were is said.")
    private int maxRows;

    @Option(names = "--full", description = "Show long values whole instead of their first " + TextTable.USUAL_WIDTH + " characters.")
    private boolean full;

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = database.connectThroughDriver(); Statement statement = connection.createStatement()) {
            for (int i = 0; i < statements.size(); i++) {
                execute(statement, i);
            }
        }
        return 0;
    }

    private void execute(Statement statement, int index) throws SQLException {
        try {
            show(statement, statement.execute(statements.get(index)));
            for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                spec.commandLine().getErr().println("warning: " + warning.getMessage());
            }
        } catch (SQLException refused) {
            if (statements.size() > 1) {
                spec.commandLine().getErr().println("Statement " + (index + 1) + " of " + statements.size() + " failed, those after it were not executed:");
            }
            throw refused;
        }
    }

    private void show(Statement statement, boolean isResultSet) throws SQLException {
        if (isResultSet) {
            try (ResultSet rows = statement.getResultSet()) {
                show(rows);
            }
        } else {
            long count = statement.getLargeUpdateCount();
            System.out.println(count < 1 ? "done" : "done, " + rows(count));
        }
    }

    private void show(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        String[] names = new String[columns.getColumnCount()];
        for (int i = 0; i < names.length; i++) {
            names[i] = columns.getColumnLabel(i + 1);
        }
        var table = new TextTable(full ? Integer.MAX_VALUE - 1 : TextTable.USUAL_WIDTH, "NULL", names);
        long count = 0;
        for (; rows.next(); count++) {
            if (count < maxRows) {
                String[] row = new String[names.length];
                for (int i = 0; i < names.length; i++) {
                    row[i] = rows.getString(i + 1);
                }
                table.row(row);
            }
        }
        table.print(System.out);
        System.out.println(rows(count) + (count > maxRows ? ", the first " + maxRows + " shown" : ""));
    }

    private static String rows(long count) {
        return count + (count == 1 ? " row" : " rows");
    }
}
