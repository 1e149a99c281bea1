// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The boards of this process, one for each database, by {@link dev.waybill.dialect.Dialect#databaseKey}. Any thread.
 *
 * <p>The one place of the project with static state: connections that know nothing of one another, from several data sources, must meet somewhere. A board lives while a connection or an agent holds it.
 */
public final class Boards {

    private static final Map<String, WeakReference<InProcessBoard>> BOARDS = new ConcurrentHashMap<>();

    private Boards() {}

    /** The board of this database: the same for everybody while somebody holds it. */
    public static InProcessBoard of(String databaseKey) {
        BOARDS.values().removeIf(held -> held.get() == null);
        InProcessBoard[] found = new InProcessBoard[1];
        BOARDS.compute(databaseKey, (key, held) -> {
            found[0] = held == null ? null : held.get();
            if (found[0] != null) {
                return held;
            }
            found[0] = new InProcessBoard();
            return new WeakReference<>(found[0]);
        });
        return found[0];
    }

    /** Whether somebody holds the board of this database. */
    static boolean isKnown(String databaseKey) {
        WeakReference<InProcessBoard> held = BOARDS.get(databaseKey);
        return held != null && held.get() != null;
    }
}
