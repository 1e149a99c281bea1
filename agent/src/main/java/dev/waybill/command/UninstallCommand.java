// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.agent.StatusReport;
import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill uninstall}. */
@Command(
        name = "uninstall",
        mixinStandardHelpOptions = true,
        description = {"Removes every trace of Waybill from a database: the catalogue, the journal, and what was not yet sent. The application's tables are not touched.",
            "Says first what would be lost, and does it only with --yes."})
final class UninstallCommand implements Callable<Integer> {

    @Mixin
    private DatabaseAddress database;

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Override
    public Integer call() throws SQLException {
        try (Connection raw = database.connectRaw()) {
            Dialect dialect = Dialects.of(raw);
            if (!dialect.hasCatalogue(raw)) {
                System.out.println("Nothing to do: Waybill is not installed in this database.");
                return 0;
            }
            StatusReport status = StatusReport.read(raw, dialect, Instant.now());
            System.out.println("Publisher " + status.publisher() + ", journal head " + status.head() + ", " + status.outboxRows() + " outbox rows not yet sequenced.");
            status.neighbours().forEach(neighbour -> System.out.println("  " + neighbour.name() + ": " + neighbour.lagBytes() + " bytes of the journal not confirmed"));
            if (!yes) {
                System.out.println("Nothing was done. Repeat with --yes to remove the schema waybill with all of this.");
                return 1;
            }
            new CatalogueInstaller(dialect, UUID::randomUUID, InstantSource.system()).uninstall(raw);
            System.out.println("Removed: the schema waybill.");
            return 0;
        }
    }
}
