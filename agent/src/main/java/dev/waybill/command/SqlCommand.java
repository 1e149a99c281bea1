// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill sql}. */
@Command(
        name = "sql",
        mixinStandardHelpOptions = true,
        description = {"Executes statements through the driver, one argument each: Waybill's own and the database's. Stops at the first that fails; what was committed before stays.",
            "%nExample:  ./waybill sql jdbc:h2:./hq \"GRANT PUBLISH TO hq\" \"SELECT * FROM waybill.remote_user\""})
final class SqlCommand implements Callable<Integer> {

    @Mixin
    private DatabaseAddress database;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "STATEMENT", description = "SQL to execute.")
    private List<String> statements = new ArrayList<>();

    @Option(names = "--max-rows", paramLabel = "N", defaultValue = "1000", description = "Rows shown of each result (default ${DEFAULT-VALUE}); how many there were is said.")
    private int maxRows;

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = database.connectThroughDriver(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                show(statement, statement.execute(sql));
            }
        }
        return 0;
    }

    private void show(Statement statement, boolean isResultSet) throws SQLException {
        if (isResultSet) {
            try (ResultSet rows = statement.getResultSet()) {
                show(rows);
            }
        } else {
            long count = statement.getLargeUpdateCount();
            System.out.println(count < 0 ? "done" : count + (count == 1 ? " row" : " rows"));
        }
    }

    private void show(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        String[] names = new String[columns.getColumnCount()];
        for (int i = 0; i < names.length; i++) {
            names[i] = columns.getColumnLabel(i + 1);
        }
        var table = new TextTable(names);
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
        System.out.println(count + (count == 1 ? " row" : " rows") + (count > maxRows ? ", the first " + maxRows + " shown" : ""));
    }
}
