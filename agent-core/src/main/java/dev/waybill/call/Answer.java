// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What comes back. Immutable. */
public sealed interface Answer {

    /**
     * It failed there.
     *
     * @param state  the SQLState; empty for none
     * @param code   of the product there
     * @param passes whether the same may succeed later
     */
    record Failure(String state, int code, String text, boolean passes) implements Answer {

        private static final int LONGEST = 4_000;

        public Failure {
            text = text.length() <= LONGEST ? text : text.substring(0, LONGEST);
        }

        /** Of what was thrown. */
        static Failure of(Throwable thrown, boolean passes) {
            SQLException said = thrown instanceof SQLException database ? database : null;
            String state = said == null || said.getSQLState() == null ? "" : said.getSQLState();
            return new Failure(state.length() > 5 ? "" : state, said == null ? 0 : said.getErrorCode(), String.valueOf(thrown.getMessage()), passes);
        }

        /** As the caller's application gets it: with the SQLState, the code and the text of where it failed. */
        SQLException exception(String what, String node) {
            String message = "CALL_FAILED: " + what + " failed at " + node + ": " + text;
            String sqlState = state.isEmpty() ? "38000" : state;
            return passes ? new SQLTransientException(message, sqlState, code) : new SQLNonTransientException(message, sqlState, code);
        }
    }

    /** It changed so many rows. */
    record Count(long rows) implements Answer {}

    /** The rows that it gave. A column has the type of its values. */
    record Rows(List<String> columns, List<List<Object>> rows) implements Answer {
        public Rows {
            columns = List.copyOf(columns);
            rows = rows.stream().map(row -> Collections.unmodifiableList(new ArrayList<>(row))).toList();
        }
    }

    /** What was asked for was sent: it is there when so much of the answerer's journal has been received. */
    record Sent(long logOffset) implements Answer {}
}
