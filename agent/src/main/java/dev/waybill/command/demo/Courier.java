// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Carries files from one shared folder to another, badly: loses, repeats, delays (so that they overtake one another) and damages some of them. One thread.
 *
 * <p>It stands for every link there is: what arrives is what a ship's modem, a mail server or a memory stick would let through.
 */
final class Courier {

    /** What becomes of the first messages with rows: so even the shortest demonstration shows a resend, and everything else. */
    private static final List<Fate> FIRST = List.of(Fate.DELIVERED, Fate.LOST, Fate.DELIVERED, Fate.REPEATED, Fate.LATE, Fate.DELIVERED, Fate.DAMAGED);

    private final List<Route> routes;
    private final RandomGenerator random;
    private final Watcher watcher;
    private final List<Held> held = new ArrayList<>();
    private boolean honest;
    private int withRows;

    Courier(List<Route> routes, RandomGenerator random, Watcher watcher) {
        this.routes = routes;
        this.random = random;
        this.watcher = watcher;
    }

    /** One round: takes what lies ready, delivers what is due. */
    void carry(Instant now) throws IOException {
        for (Route route : routes) {
            for (Path file : ready(route.from())) {
                take(route, file, now);
            }
        }
        for (Held parcel : List.copyOf(held)) {
            if (honest || !parcel.due().isAfter(now)) {
                held.remove(parcel);
                put(parcel.route(), parcel.name(), parcel.content());
            }
        }
    }

    /** From now on nothing more is lost, repeated, delayed or damaged. */
    void becomeHonest() {
        honest = true;
    }

    private void take(Route route, Path file, Instant now) throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException gone) {
            return;
        }
        Fate fate = fate(content);
        watcher.carried(content, fate);
        String name = file.getFileName().toString();
        switch (fate) {
            case DELIVERED -> put(route, name, content);
            case LOST -> { }
            case REPEATED -> {
                put(route, name, content);
                held.add(new Held(route, "again-" + name, content, now.plus(Duration.ofMillis(200))));
            }
            case LATE -> held.add(new Held(route, name, content, now.plus(Duration.ofMillis(300 + random.nextInt(700)))));
            case DAMAGED -> put(route, name, damaged(content));
        }
        Files.deleteIfExists(file);
    }

    private Fate fate(byte[] content) {
        if (honest) {
            return Fate.DELIVERED;
        } else if (watcher.hasRows(content) && withRows < FIRST.size()) {
            return FIRST.get(withRows++);
        }
        return Fate.draw(random);
    }

    private byte[] damaged(byte[] content) {
        byte[] copy = content.clone();
        if (copy.length > 0) {
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return copy;
    }

    private static void put(Route route, String name, byte[] content) throws IOException {
        Files.createDirectories(route.to());
        Path temporary = Files.write(route.to().resolve("." + name + ".tmp"), content);
        Files.move(temporary, route.to().resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<Path> ready(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile).filter(file -> !isUnfinished(file)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isUnfinished(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".") || name.endsWith(".tmp");
    }

    /** From a mailbox in the sender's folder to the same mailbox in the recipient's. */
    record Route(Path from, Path to) {}

    /** Told of every file. */
    interface Watcher {

        /** Whether rows travel in it. */
        boolean hasRows(byte[] content);

        void carried(byte[] content, Fate fate);
    }

    /** What happens to a file on its way. */
    enum Fate {
        DELIVERED, LOST, REPEATED, LATE, DAMAGED;

        static Fate draw(RandomGenerator random) {
            int percent = random.nextInt(100);
            if (percent < 3) {
                return LOST;
            }
            if (percent < 6) {
                return REPEATED;
            }
            if (percent < 10) {
                return LATE;
            }
            return percent < 11 ? DAMAGED : DELIVERED;
        }
    }

    private record Held(Route route, String name, byte[] content, Instant due) {}
}
