// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.simulation.Mischief;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** What befalls whole machines: processes end, disks fill, clocks jump, networks are cut, databases are replaced by older copies. */
final class Upsets {

    /** Which database is replaced by an older copy, if any. */
    enum Restored { NONE, BRANCH, HEAD_OFFICE, HEAD_OFFICE_SILENT }

    private final NodeWorld world;
    private final SplittableRandom random;
    private final Mischief mischief;
    private final Restored restored;
    private final boolean fillsDisks;
    private final boolean jumps;
    private final Map<String, Instant> cutOff = new HashMap<>();
    private final Map<String, Instant> fullUntil = new HashMap<>();
    private final Map<String, Duration> skews = new HashMap<>();
    private final Map<String, Copy> copies = new HashMap<>();
    private boolean hasRestored;
    private int ends;
    private int restores;
    private int fullDisks;
    private int clockJumps;

    Upsets(NodeWorld world, SplittableRandom random, Mischief mischief) {
        this.world = world;
        this.random = random;
        this.mischief = mischief;
        Restored[] kinds = Restored.values();
        restored = random.nextBoolean() ? Restored.NONE : kinds[random.nextInt(kinds.length)];
        fillsDisks = random.nextInt(3) == 0;
        jumps = random.nextInt(3) == 0;
    }

    Restored restored() {
        return restored;
    }

    boolean isOfHeadOffice() {
        return restored == Restored.HEAD_OFFICE || restored == Restored.HEAD_OFFICE_SILENT;
    }

    boolean hasRestored() {
        return hasRestored;
    }

    /** Head office writes nothing any more after it was restored. */
    boolean isSilent() {
        return hasRestored && restored == Restored.HEAD_OFFICE_SILENT;
    }

    Duration skew(String name) {
        return skews.getOrDefault(name, Duration.ZERO);
    }

    boolean isFull(String name) {
        Instant until = fullUntil.get(name);
        return until != null && world.clock().instant().isBefore(until);
    }

    boolean isCutOff(String address) {
        Instant until = cutOff.get(address);
        return until != null && world.clock().instant().isBefore(until);
    }

    /** Networks are whole again. */
    void mend() {
        cutOff.clear();
    }

    int ends() {
        return ends;
    }

    int restores() {
        return restores;
    }

    int fullDisks() {
        return fullDisks;
    }

    int clockJumps() {
        return clockJumps;
    }

    /** Something may befall this one. */
    void befall(WholeNode node) throws SQLException {
        Instant now = world.clock().instant();
        if (fillsDisks && mischief.strikes(random, 1.0 / 25)) {
            fullUntil.put(node.name(), now.plusMillis(random.nextInt(20_000)));
            world.note(node.name(), "its disk is full until " + fullUntil.get(node.name()));
            fullDisks++;
        }
        if (jumps && mischief.strikes(random, 1.0 / 25)) {
            int seconds = random.nextInt(8) == 0 ? random.nextInt(86_400) : random.nextInt(600) - 300;
            skews.put(node.name(), Duration.ofSeconds(seconds));
            world.note(node.name(), "its clock jumps: " + seconds + " s beside the true time");
            clockJumps++;
        }
        if (mischief.strikes(random, 1.0 / 60)) {
            world.story().end(world.millis(), node.name(), "process ends");
            world.killAll(node);
            ends++;
        }
        if (mischief.strikes(random, 1.0 / 30)) {
            cutOff.put(node.name(), now.plusMillis(random.nextInt(60_000)));
            world.note(node.name(), "is cut off until " + cutOff.get(node.name()));
        }
        if (mischief.strikes(random, 1.0 / 40)) {
            byte[] garbage = new byte[random.nextInt(300)];
            random.nextBytes(garbage);
            world.throwIn(node.name(), garbage);
        }
        if (mischief.strikes(random, 1.0 / 12)) {
            keepCopies();
        }
        if (restored == Restored.BRANCH && mischief.strikes(random, 1.0 / 20) && !world.isHeadOffice(node)) {
            restore(node);
        }
        if (isOfHeadOffice() && !hasRestored && mischief.strikes(random, 1.0 / 30)) {
            restore(world.headOffice());
        }
    }

    /** Of those that may be replaced by one, now and then. */
    void keepCopies() throws SQLException {
        for (WholeNode node : world.all()) {
            if (restored != Restored.NONE && restored == Restored.BRANCH != world.isHeadOffice(node) && random.nextBoolean()) {
                copies.put(node.name(), world.copy(node));
                world.note(node.name(), "is copied");
            }
        }
    }

    private void restore(WholeNode node) throws SQLException {
        Copy copy = copies.get(node.name());
        if (copy != null) {
            if (mischief.strikes(random, 0.5)) {
                if (mischief.strikes(random, 0.7)) {
                    world.letCatchUp();
                }
                world.vouchFor(node);
            }
            world.story().end(world.millis(), node.name(), "is replaced by an older copy");
            world.killAll(node);
            node.restore(copy.script());
            hasRestored = true;
            restores++;
            copy.judges().wentBack();
        }
    }
}
