// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.util.HashSet;
import java.util.Set;

/** Which texts have deleted more rows than OLD TABLE shows for certain: the next time they are read before. Used under the connection's lock. */
final class ManyDeletes {

    private static final int MAX_TEXTS = 64;

    private final Set<String> texts = new HashSet<>();

    /** Whether an execution of this text before has deleted so many. */
    boolean has(String sql) {
        return texts.contains(sql);
    }

    /** It has. */
    void add(String sql) {
        if (texts.size() >= MAX_TEXTS) {
            texts.clear();
        }
        texts.add(sql);
    }
}
