// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.lang.reflect.Method;
import java.util.List;

/** What an application can tell us apart by, each with the reason. Nothing else is let pass. */
final class KnownDifferences {

    /** In what these methods give, this text of the bare driver is this text of ours; everything else is equal. */
    private record Known(List<String> methods, String bare, String ours, String reason) {

        boolean covers(String method, String bareGave, String oursGave) {
            return methods.contains(method) && bareGave.contains(bare) && bareGave.replace(bare, ours).equals(oursGave);
        }
    }

    private static final List<Known> ALL = List.of(
            new Known(List.of("executeBatch", "executeLargeBatch"), "org.h2.jdbc.JdbcBatchUpdateException", "java.sql.BatchUpdateException",
                    "A batch that is run element by element has its exception rebuilt from the elements' own; H2's subclass adds nothing to JDBC's."));

    private KnownDifferences() {}

    static boolean covers(Method method, String bare, String ours) {
        return ALL.stream().anyMatch(known -> known.covers(method.getName(), bare, ours));
    }
}
