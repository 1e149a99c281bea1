// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.journal.LogOffset;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How far each neighbour is behind this journal, in bytes and since when, as the agent saw it: for JMX. One thread. */
final class LagWatch {

    private final Map<String, Instant> behindSince = new HashMap<>();

    /** What is to be shown now. */
    AgentBeans.Shown look(String publisher, Collection<Neighbour> neighbours, LogOffset head, Collection<String> halted, Instant now) {
        long mostBytes = 0;
        long mostMillis = 0;
        List<String> lines = new ArrayList<>();
        for (Neighbour neighbour : neighbours) {
            long bytes = Math.max(0, head.bytes() - neighbour.sending().owedFrom().bytes());
            Instant since = bytes == 0 ? null : behindSince.getOrDefault(neighbour.name(), now);
            behindSince.put(neighbour.name(), since);
            long millis = since == null ? 0 : Duration.between(since, now).toMillis();
            lines.add(neighbour.name() + ": " + bytes + " bytes, " + millis + " ms");
            mostBytes = Math.max(mostBytes, bytes);
            mostMillis = Math.max(mostMillis, millis);
        }
        behindSince.values().removeIf(since -> since == null);
        return new AgentBeans.Shown(publisher, true, mostBytes, mostMillis, List.copyOf(lines), List.copyOf(halted));
    }
}
