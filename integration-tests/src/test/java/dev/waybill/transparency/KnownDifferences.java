// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.lang.reflect.Method;
import java.util.List;
import java.util.regex.Pattern;

/** What an application can tell us apart by, each with the reason. Nothing else is let pass. */
final class KnownDifferences {

    private static final List<String> BATCHES = List.of("executeBatch", "executeLargeBatch");

    /** In what these methods give, the parts that fit the pattern may differ; everything else is equal. */
    private record Known(List<String> methods, Pattern part, String reason) {}

    private static final List<Known> ALL = List.of(
            new Known(BATCHES, Pattern.compile("(org\\.h2\\.jdbc\\.Jdbc|java\\.sql\\.)BatchUpdateException"),
                    "A batch that is run element by element has its exception rebuilt from the elements' own; H2's subclass adds nothing to JDBC's."),
            new Known(BATCHES, Pattern.compile("\\n count [^\\n]*"),
                    "JDBC does not say what getUpdateCount gives after a batch; H2 leaves there the count of the element that it ran last, and an element may have been run by another statement."));

    private KnownDifferences() {}

    static boolean covers(Method method, String bare, String ours) {
        return without(method, bare).equals(without(method, ours));
    }

    private static String without(Method method, String text) {
        String rest = text;
        for (Known known : ALL) {
            rest = known.methods().contains(method.getName()) ? known.part().matcher(rest).replaceAll("") : rest;
        }
        return rest;
    }
}
