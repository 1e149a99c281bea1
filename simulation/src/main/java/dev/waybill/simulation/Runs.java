// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import dev.waybill.simulation.Hits.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** Runs seed after seed, adds up what happened, and stops at the first one that fails, which it shrinks and draws. One thread. */
public final class Runs {

    private static final int EXACT_EVERY = 100;
    /** Telling costs more than running; that it changes nothing is seen often enough so. */
    private static final int TOLD_EVERY = 1_000;
    private static final int AIMED_RUNS_AT_MOST = 5;
    private static final int LINES_AT_MOST = 400;

    private final Level level;
    private final Map<String, Long> figures = new LinkedHashMap<>();
    private final Hits hits = new Hits();
    private long runs;
    private long twice;
    private String failure;

    public Runs(Level level) {
        this.level = level;
    }

    /** Runs so many seeds from the first one, or until one fails; tells after each. Returns whether everything held. */
    public boolean run(long firstSeed, long count, Runnable after) {
        for (long seed = firstSeed; seed < firstSeed + count && failure == null; seed++) {
            one(seed);
            after.run();
        }
        return failure == null;
    }

    /** Runs a few seeds more for each side of a step that nothing ended at yet, where the level can aim. */
    public boolean aimAtMissed() {
        for (int number = 1; number <= AIMED_RUNS_AT_MOST && failure == null; number++) {
            for (Pair pair : hits.missed(level.steps())) {
                OptionalLong seed = level.seedFor(pair.step(), pair.side(), number);
                if (seed.isPresent() && failure == null) {
                    one(seed.getAsLong());
                }
            }
        }
        return failure == null;
    }

    private void one(long seed) {
        Run run = level.run(seed, Mischief.all(), false);
        if (run.failure() == null && level.isExact() && seed % EXACT_EVERY == 0) {
            twice++;
            if (!run.isSame(level.run(seed, Mischief.all(), seed % TOLD_EVERY == 0))) {
                failure = "seed " + seed + " was run twice and was not the same run to the last bit.";
            }
        }
        runs++;
        hits.add(run.hits());
        run.figures().forEach((name, value) -> figures.merge(name, value, name.startsWith("at most") ? Math::max : Long::sum));
        if (run.failure() != null) {
            failure = told(run);
        }
    }

    private String told(Run failed) {
        Shrinking.Result result = Shrinking.of(level, failed);
        Run shrunk = result.shrunk();
        StringBuilder text = new StringBuilder("seed " + failed.seed() + ": " + failed.failure());
        if (result.repeated()) {
            text.append("\nshrunk to ").append(result.turns()).append(" of ").append(level.turns()).append(" turns and ").append(result.kept()).append(" of ").append(result.ofSo())
                    .append(" events; there: ").append(shrunk.failure());
        } else {
            text.append("\nthe same seed did not fail again").append(level.isExact() ? ": the run is not deterministic" : ", so it could not be shrunk (this level is not exact to the bit)");
        }
        if (shrunk.story() != null) {
            shrunk.story().drawn(LINES_AT_MOST).forEach(line -> text.append('\n').append(line));
        }
        return text.toString();
    }

    public long runs() {
        return runs;
    }

    /** So many seeds were run twice and were the same to the last bit. */
    public long twice() {
        return twice;
    }

    /** What happened how often. */
    public Map<String, Long> figures() {
        return figures;
    }

    /** What was violated, with the shrunk run drawn; null when everything held. */
    public String failure() {
        return failure;
    }

    public Hits hits() {
        return hits;
    }

    /** The sides of steps that nothing ended at, by name. */
    public List<String> missed() {
        return hits.missed(level.steps()).stream().map(pair -> pair.side() + " " + pair.step()).toList();
    }

    /** What happened how often, in one line. */
    public String summary() {
        List<String> parts = new ArrayList<>();
        figures.forEach((name, value) -> parts.add(name.startsWith("at most") ? name.replaceFirst("at most", "at most " + value) : String.format(Locale.ROOT, "%,d %s", value, name)));
        return String.join(", ", parts);
    }
}
