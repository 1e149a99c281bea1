// SPDX-License-Identifier: Apache-2.0
package dev.waybill.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that name the tests by which something is shown: these have to be there. */
class NamedTestsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)(?:\\.([a-z][A-Za-z0-9]*))?`");

    @ParameterizedTest
    @ValueSource(strings = {"docs/capture-traps.md", "docs/checklist.md"})
    void everyTestThatThePageNamesIsThere(String page) throws IOException {
        List<String> missing = NAMED.matcher(Files.readString(ROOT.resolve(page))).results().filter(named -> !isThere(named.group(1), named.group(2))).map(named -> named.group()).toList();
        assertThat(missing).isEmpty();
    }

    private static boolean isThere(String type, String method) {
        return Stream.of("driver", "agent-core", "agent", "integration-tests", "frameworks", "fuzzing").anyMatch(module -> {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                Path file = files.filter(path -> path.endsWith(type + ".java")).findFirst().orElse(null);
                return file != null && (method == null || Files.readString(file).contains("void " + method + "("));
            } catch (IOException unreadable) {
                throw new IllegalStateException(unreadable);
            }
        });
    }
}
