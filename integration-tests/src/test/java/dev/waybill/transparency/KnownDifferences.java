// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.lang.reflect.Method;
import java.util.List;
import java.util.regex.Pattern;

/** What an application can tell us apart by, each with the reason. Nothing else is let pass. */
final class KnownDifferences {

    private static final List<String> BATCHES = List.of("executeBatch", "executeLargeBatch");

    /** In what these methods give in these scenarios (empty: in all), the parts that fit the pattern may differ; everything else is equal. */
    private record Known(List<String> scenarios, List<String> methods, Pattern part, String reason) {

        boolean concerns(Scenario scenario, Method method) {
            return (scenarios.isEmpty() || scenarios.contains(scenario.name())) && (methods.isEmpty() || methods.contains(method.getName()));
        }
    }

    private static final List<Known> ALL = List.of(
            new Known(List.of(), BATCHES, Pattern.compile("(org\\.h2\\.jdbc\\.Jdbc|java\\.sql\\.)BatchUpdateException"),
                    "A batch that is run element by element has its exception rebuilt from the elements' own; H2's subclass adds nothing to JDBC's."),
            new Known(List.of(), BATCHES, Pattern.compile("\\n count [^\\n]*"),
                    "JDBC does not say what getUpdateCount gives after a batch; H2 leaves there the count of the element that it ran last, and an element may have been run by another statement."),
            new Known(List.of(), List.of("getMoreResults"), Pattern.compile("\\n count [^\\n]*"),
                    "After getMoreResults(KEEP_CURRENT_RESULT) H2 still gives the same count, for ever; JDBC says that there is no more, and so do we where the count is ours."),
            new Known(List.of("keys"), List.of(), Pattern.compile("Invalid value \"-?\\d+\" for parameter \"columnIndex\"|\\(not shown\\)|Column \"[^\"]*\" not found"),
                    "Capture reads more columns than the application asked for. A column that is not shown is refused by the raw result set with the text for another number or name."),
            new Known(List.of("keys"), List.of("getURL", "getRef", "getRowId", "getUnicodeStream", "updateRef", "updateRowId", "getObject"),
                    Pattern.compile("-> org\\.h2\\.jdbc\\.JdbcSQL(FeatureNotSupported|SyntaxError|Data)Exception[^\\n]*"),
                    "H2 refuses these methods whatever the column is named; where columns are chosen the name is looked up first, and refused when there is no such column."),
            new Known(List.of("keys"), List.of("wasNull"), Pattern.compile("-> [^\\n]*"), "Before any value was read: capture has read some."));

    private KnownDifferences() {}

    static boolean covers(Scenario scenario, Method method, String bare, String ours) {
        return without(scenario, method, bare).equals(without(scenario, method, ours));
    }

    private static String without(Scenario scenario, Method method, String text) {
        String rest = text;
        for (Known known : ALL) {
            rest = known.concerns(scenario, method) ? known.part().matcher(rest).replaceAll("") : rest;
        }
        return rest;
    }
}
