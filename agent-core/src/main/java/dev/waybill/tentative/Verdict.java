// SPDX-License-Identifier: Apache-2.0
package dev.waybill.tentative;

import java.util.List;

/** What a {@link TransactionValidator} decides. Immutable. */
public sealed interface Verdict {

    /** It is carried out as it is. */
    record Accept() implements Verdict {}

    /** These statements are carried out instead. */
    record Amend(List<String> statements, String text) implements Verdict {
        public Amend {
            statements = List.copyOf(statements);
        }
    }

    /** Nothing of it is carried out; code and text go back to where it came from. */
    record Reject(String code, String text) implements Verdict {}
}
