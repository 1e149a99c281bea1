// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill install}. */
@Command(
        name = "install",
        mixinStandardHelpOptions = true,
        description = {"Makes Waybill's schema and tables in a database, once; safe to repeat, and upgrades an older catalogue. (GRANT PUBLISH does the same, where the user may create tables.)",
            "With --print nothing is done: the statements are printed for somebody who has the right to run them."})
final class InstallCommand implements Callable<Integer> {

    @Mixin
    private DatabaseAddress database;

    @Option(names = "--print", description = "Print the statements instead of running them.")
    private boolean print;

    @Option(names = "--grant", split = ",", paramLabel = "USER", description = "Database users of applications: they get INSERT on the outbox and SELECT on the catalogue, and no more.")
    private List<String> users = List.of();

    @Override
    public Integer call() throws SQLException {
        return print ? printStatements() : install();
    }

    private int printStatements() throws SQLException {
        Dialect dialect = Dialects.of(database.rawUrl());
        installer(dialect).printable().forEach(sql -> System.out.println(sql + ";"));
        users.forEach(user -> dialect.grantStatements(dialect.fold(user)).forEach(sql -> System.out.println(sql + ";")));
        return 0;
    }

    private int install() throws SQLException {
        try (Connection raw = database.connectOrMake()) {
            Dialect dialect = Dialects.of(raw);
            boolean changed = installer(dialect).install(raw);
            System.out.println(changed ? "Installed: the schema waybill, catalogue format " + CatalogueInstaller.FORMAT + "." : "Nothing to do: the catalogue is there, at format " + CatalogueInstaller.FORMAT + ".");
            try (Statement statement = raw.createStatement()) {
                for (String user : users) {
                    for (String sql : dialect.grantStatements(dialect.fold(user))) {
                        statement.execute(sql);
                    }
                    System.out.println("Granted to " + user + ".");
                }
            }
        }
        System.out.println("Next:  ./waybill sql " + database.shownUrl() + " \"GRANT PUBLISH TO name\"");
        return 0;
    }

    private static CatalogueInstaller installer(Dialect dialect) {
        return new CatalogueInstaller(dialect, UUID::randomUUID, InstantSource.system());
    }
}
