// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is let pass is published. */
class KnownDifferencesTest {

    @Test
    void everyKnownDifferenceStandsInTheDocumentAndNoOther() throws IOException {
        String document = Files.readString(Path.of(System.getProperty("waybill.test.root"), "docs", "jdbc-differences.md"));
        String[] parts = document.split("## PostgreSQL");
        assertThat(parts[0].lines().filter(line -> line.startsWith("| ") && !line.startsWith("| methods"))).containsExactlyElementsOf(KnownDifferences.H2.lines());
        assertThat(parts[1].lines().filter(line -> line.startsWith("| ") && !line.startsWith("| methods"))).containsExactlyElementsOf(KnownDifferences.POSTGRES.lines());
    }
}
