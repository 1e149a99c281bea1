// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is let pass is published. */
class KnownDifferencesTest {

    @Test
    void everyKnownDifferenceStandsInTheDocumentAndNoOther() throws IOException {
        String document = Files.readString(Path.of(System.getProperty("waybill.test.root"), "docs", "jdbc-differences.md"));
        Map<String, KnownDifferences> products = Map.of("H2", KnownDifferences.H2, "PostgreSQL", KnownDifferences.POSTGRES, "MariaDB", KnownDifferences.MARIADB, "SQLite", KnownDifferences.SQLITE,
                "HSQLDB", KnownDifferences.HSQLDB);
        List<String> sections = Stream.of(document.split("\n## ")).skip(1).toList();
        assertThat(sections).hasSameSizeAs(products.keySet());
        for (String section : sections) {
            assertThat(section.lines().filter(line -> line.startsWith("| ") && !line.startsWith("| methods"))).containsExactlyElementsOf(products.get(section.lines().findFirst().orElseThrow()).lines());
        }
    }
}
