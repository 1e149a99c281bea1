// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.error.WaybillError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is wrong now, by whom it concerns: each is said loudly once when it begins and once when it is over. One thread. */
final class Troubles {

    private static final System.Logger LOG = System.getLogger("dev.waybill.agent");

    private final String database;
    private final AgentEvents events;
    private final Map<String, String> present = new HashMap<>();

    Troubles(String database, AgentEvents events) {
        this.database = database;
        this.events = events;
    }

    /** Something does not work. The text says what, and what to do. */
    void begun(String name, String state, String text) {
        if (!text.equals(present.put(name, text))) {
            LOG.log(System.Logger.Level.WARNING, database + ": " + name + " " + state + ": " + text);
            events.halted(name, state, text);
        }
    }

    /** R12: dead letters of this neighbour are here. */
    void diverged(String neighbour) {
        begun(deadLetters(neighbour), "DIVERGED", WaybillError.APPLY_DIVERGED.with(neighbour).getMessage());
    }

    /** There are none. */
    void converged(String neighbour) {
        over(deadLetters(neighbour));
    }

    private static String deadLetters(String neighbour) {
        return neighbour + " dead letters";
    }

    /** Something happened that is over at once and that somebody should know of. */
    void happened(String text) {
        LOG.log(System.Logger.Level.WARNING, database + ": " + text);
    }

    /** It works; says so if it did not. */
    void over(String name) {
        if (present.remove(name) != null) {
            LOG.log(System.Logger.Level.INFO, database + ": " + name + " goes on.");
            events.recovered(name);
        }
    }

    /** Who is in trouble, and what it is. */
    List<String> texts() {
        return present.entrySet().stream().map(trouble -> trouble.getKey() + ": " + trouble.getValue()).sorted().toList();
    }
}
