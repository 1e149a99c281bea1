// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.passthrough.Step;
import dev.waybill.passthrough.StepBook;
import dev.waybill.passthrough.TablesNow;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassthroughCommandTest {

    @TempDir
    private Path directory;

    @Test
    void aPersonSaysWhatBecameOfAnInterruptedStatement() throws Exception {
        Database branch = Database.at(directory, "branch").say("CREATE TABLE artist (id INT PRIMARY KEY)", "GRANT PUBLISH TO branch");
        assertThat(Outcome.done("passthrough", branch.url()).out()).contains("No statement of PASSTHROUGH was interrupted");
        try (Connection raw = DriverManager.getConnection(branch.url())) {
            Dialect dialect = Dialects.of(raw);
            StepBook book = new StepBook(dialect);
            String tables = TablesNow.of(raw, dialect).text();
            book.add(raw, StepBook.begun(new Step.Place("hq", 100, 0), "CREATE SEQUENCE numbers", tables, Instant.EPOCH));
            book.add(raw, StepBook.begun(Step.Place.HERE, "ALTER TABLE artist ADD COLUMN name VARCHAR(20)", tables, Instant.EPOCH));
        }
        Outcome list = Outcome.of("passthrough", branch.url(), "list");
        assertThat(list.exitCode()).isEqualTo(3);
        assertThat(list.out()).contains("hq", "CREATE SEQUENCE numbers", "unknown", "here", "not executed");
        assertThat(Outcome.of("passthrough", branch.url(), "done", "nobody").exitCode()).isEqualTo(1);
        assertThat(Outcome.of("passthrough", branch.url(), "done").exitCode()).isEqualTo(2);
        assertThat(Outcome.done("passthrough", branch.url(), "done", "hq").out()).contains("goes on behind it");
        assertThat(Outcome.done("passthrough", branch.url(), "again", "here").out()).contains("say it once more");
        assertThat(Outcome.done("passthrough", branch.url()).out()).contains("No statement");
    }
}
