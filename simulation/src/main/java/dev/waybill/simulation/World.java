// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import dev.waybill.delivery.DeliverySettings;
import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.delivery.Sender;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.delivery.SenderState;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** One run: databases, network, clock and judge, all from one seed, on one thread. */
final class World {

    /** What a run came to. Equal for equal seeds, to the last bit. */
    record Outcome(long fingerprint, int transactions, long messages, int crashes, int restores, int splits, int rounds) {}

    private static final Map<Pattern, String> SHORTER = shorter();
    private static final int WORDS_AT_MOST = 160;
    private static final int QUIET_ROUNDS = 600;
    /** Whoever went back, and whose word of it was lost, is found out by the next hello (R9), an hour later; then it may take fifty minutes. */
    private static final long QUIET_MILLIS = DeliverySettings.STANDARD.helloInterval().toMillis() + 3_000_000;
    private static final long REST_MILLIS = 3_000_000;

    final SplittableRandom random;
    final Network network;
    final DeliverySettings settings;
    final Mutant mutant;
    private final Chronicle chronicle = new Chronicle();
    private final Map<String, Disk> disks = new TreeMap<>();
    private final Map<String, Disk> backups = new HashMap<>();
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, Boolean> writes = new TreeMap<>();
    private final Map<String, LogOffset> furthest = new HashMap<>();
    private final Set<String> restored = new HashSet<>();
    private final Set<String> estranged = new HashSet<>();
    private final Set<Long> poison = new HashSet<>();
    private final Map<Long, Snapshot> snapshots = new HashMap<>();
    final Mischief mischief;
    final Hits hits = new Hits();
    private final Story story;
    private final boolean aligned;
    private boolean repairing;
    private Faults faults;
    private long fingerprint = 1;
    private long ids;
    private int crashes;
    private int restores;
    long millis = 1_000_000;

    /** @param story null when nobody listens */
    World(long seed, Faults given, Mutant mutant, Mischief mischief, Story story) {
        this.random = new SplittableRandom(seed);
        this.faults = given != null ? given : mutant.faults() != null ? mutant.faults() : Faults.of(random.split());
        this.mutant = mutant;
        this.mischief = mischief;
        this.story = story;
        this.network = new Network(random, mischief, this::lost);
        DeliverySettings standard = DeliverySettings.STANDARD;
        this.settings = new DeliverySettings(random.nextInt(3), standard.patience(), standard.patienceAtMost(), standard.backOffFirst(), standard.backOffAtMost(), 0.2,
                standard.retryFirst(), 1 + random.nextInt(12), random.nextInt(2_000), 1 + random.nextInt(8), standard.confirmationDelay(), standard.heartbeatInterval(),
                standard.helloInterval(), standard.maxMessageBytes(), standard.envelopeBytes());
        this.aligned = random.nextBoolean();
        populate();
    }

    private void populate() {
        int remotes = random.nextInt(4) == 0 ? 2 : 1;
        List<String> names = new ArrayList<>(List.of("hq"));
        for (int i = 1; i <= remotes; i++) {
            names.add("branch" + i);
        }
        for (String name : names) {
            if (story != null) {
                story.site(name);
            }
            disks.put(name, new Disk(new UUID(random.nextLong(), random.nextLong())));
            chronicle.begin(history(name));
            writes.put(name, name.equals("hq") || random.nextInt(3) == 0);
        }
        for (String branch : names.subList(1, names.size())) {
            connect("hq", branch);
            connect(branch, "hq");
        }
    }

    private void connect(String one, String other) {
        Disk.Neighbour neighbour = new Disk.Neighbour();
        neighbour.sender = SenderState.unknown(disks.get(one).incarnation, LogOffset.ZERO).kept();
        disks.get(one).neighbours.put(other, neighbour);
    }

    Outcome run(int ofSeed) {
        for (int turn = mischief.turns(ofSeed); turn > 0; turn--) {
            List<String> names = List.copyOf(disks.keySet());
            String name = names.get(random.nextInt(names.size()));
            millis += random.nextInt(10) == 0 ? random.nextInt(60_000) : random.nextInt(3_000);
            upsets(name);
            if (writes.get(name)) {
                write(name);
            }
            if (mischief.isWanted()) {
                turn(name);
            }
        }
        faults = Faults.NONE;
        poison.clear();
        if (story != null) {
            story.world(millis, "faults end here");
        }
        return settle();
    }

    private void upsets(String name) {
        if (chance(0.05)) {
            backups.put(name, disks.get(name).copy());
        }
        if (strikes(faults.restore()) && backups.containsKey(name) && (faults.writersRestored() || !writes.get(name))) {
            Disk copy = backups.get(name).copy();
            end(name, () -> "is replaced by an older copy: journal up to " + copy.head().offset() + " instead of " + disks.get(name).head().offset());
            disks.put(name, copy);
            nodes.remove(name);
            chronicle.wentBack(history(name), copy.journal.size());
            restored.add(name);
            restores++;
        }
        if (strikes(faults.crash()) && nodes.remove(name) != null) {
            end(name, () -> "ends");
            crashes++;
        }
        if (strikes(faults.estrange()) && !estranged.contains(name)) {
            estrange(name);
        }
        if (strikes(faults.trim())) {
            disks.get(name).trim(mutant);
        }
        if (strikes(faults.anew())) {
            anew(name);
        }
        if (strikes(faults.poison())) {
            if (poison.isEmpty()) {
                poison.add(ids - random.nextInt(3));
            } else {
                poison.clear();
            }
        }
    }

    /** All that a reader is to show of a writer, at one place of the writer's journal. */
    private record Snapshot(String reader, List<Long> content) {}

    /** R11: a person says so, or a bound of the journal is reached while somebody is still owed something. */
    private void anew(String name) {
        if (random.nextBoolean() && nodes.containsKey(name)) {
            List<String> others = List.copyOf(disks.get(name).neighbours.keySet());
            String other = others.get(random.nextInt(others.size()));
            try {
                if (random.nextInt(4) > 0 && hasEverything(other, name)) {
                    note(name, () -> "somebody vouches for " + other);
                    nodes.get(name).vouchFor(other);
                } else {
                    note(name, () -> "is to begin anew with " + other);
                    nodes.get(name).wantAnew(other);
                }
            } catch (Node.Crash crash) {
                nodes.remove(name);
                crashes++;
            }
        } else {
            Disk disk = disks.get(name);
            note(name, () -> "the journal is trimmed up to " + disk.head().offset() + ", whatever is owed");
            nodes.remove(name);
            disk.trimAll((other, kept) -> mutant.saysThatItTrimmed()
                    ? new Sender(other, disk.incarnation, settings).step(SenderState.loaded(kept), new SenderEvent.TrimmedAway(disk.head().offset()), Instant.ofEpochMilli(millis), disk).state().kept() : kept);
        }
    }

    /** What a person looks at who vouches for a reader: nothing that it is to get is missing there, and it has not been made anew since it was heard. */
    private boolean hasEverything(String reader, String writer) {
        Disk.Neighbour row = disks.get(reader).neighbours.get(writer);
        return estranged.isEmpty() && disks.get(writer).incarnation.equals(row.receiver.senderIncarnation()) && row.receiver.status() == DeliveryStatus.ACTIVE
                && chronicle.isEqual(reader, history(writer), row.applied);
    }

    /** A snapshot becomes the next entry of the writer's journal. */
    void snapshot(String writer, String reader, Disk disk) {
        Chronicle.Entry entry = new Chronicle.Entry(++ids, List.of());
        snapshots.put(entry.id(), new Snapshot(reader, List.copyOf(chronicle.presentFor(reader, disk.incarnation.toString()))));
        disk.commit(entry, random.nextInt(3) == 0 ? 1_024 : 64);
        chronicle.committed(disk.incarnation.toString(), entry);
        note(writer, () -> "takes snapshot " + entry.id() + " for " + reader + " at " + disk.head().offset());
    }

    boolean isSnapshotFor(long id, String reader) {
        return snapshots.containsKey(id) && snapshots.get(id).reader().equals(reader);
    }

    /** What applying a transaction makes of what is shown. */
    void show(long id, List<Long> applied) {
        Snapshot snapshot = snapshots.get(id);
        if (snapshot == null) {
            applied.add(id);
        } else {
            applied.clear();
            applied.addAll(snapshot.content());
        }
    }

    /** Same name, other database: what the others know of the old one must not be mixed with it (R0). */
    private void estrange(String name) {
        end(name, () -> "is made anew");
        Disk old = disks.get(name);
        Disk anew = new Disk(new UUID(random.nextLong(), random.nextLong()));
        disks.put(name, anew);
        old.neighbours.keySet().forEach(other -> connect(name, other));
        backups.remove(name);
        nodes.remove(name);
        chronicle.begin(history(name));
        estranged.add(name);
    }

    private void write(String name) {
        for (int i = random.nextInt(4); i > 0; i--) {
            List<String> audience = new ArrayList<>();
            for (String neighbour : disks.get(name).neighbours.keySet()) {
                if (random.nextInt(4) > 0) {
                    audience.add(neighbour);
                }
            }
            Chronicle.Entry entry = new Chronicle.Entry(++ids, audience);
            int any = random.nextInt(5) == 0 ? 100 + random.nextInt(1_000) : 8 + random.nextInt(60);
            int size = aligned ? (any / 32 + 1) * 32 : any; // so that two histories often have entries at the same offsets
            if (!mischief.isWanted()) {
                continue;
            }
            disks.get(name).commit(entry, size);
            chronicle.committed(history(name), entry);
            note(name, () -> "commits " + entry + ", " + size + " bytes, at " + disks.get(name).head().offset());
        }
    }

    private void turn(String name) {
        try {
            Node node = nodes.get(name);
            if (node == null) {
                node = new Node(this, name, disks.get(name));
                nodes.put(name, node);
                node.start();
            }
            node.runOnce();
            if (repairing) {
                for (String other : disks.get(name).neighbours.keySet()) {
                    node.adopt(other, disks.get(other).incarnation);
                }
            }
        } catch (Node.Crash crash) {
            end(name, () -> "ends " + crash.getMessage());
            nodes.remove(name);
            crashes++;
        }
    }

    /** Faults have stopped: everything must come to rest, equal, within a bound. */
    private Outcome settle() {
        int splits = 0;
        int rounds = settled();
        for (Disk disk : disks.values()) {
            for (Disk.Neighbour neighbour : disk.neighbours.values()) {
                splits += neighbour.sender.status() == DeliveryStatus.SPLIT_HISTORY || neighbour.receiver.status() == DeliveryStatus.SPLIT_HISTORY ? 1 : 0;
            }
        }
        if (splits == 0 && estranged.isEmpty() && restored.isEmpty()) {
            rest();
        }
        for (int repairs = 0; !split().isEmpty() || !estranged.isEmpty(); repairs++) {
            if (repairs > disks.size()) {
                throw new Chronicle.Violation("cannot be repaired: " + describe());
            }
            repair();
            rounds += settled(); // what went back may be found out only now
        }
        return new Outcome(fingerprint, (int) ids, network.sent, crashes, restores, splits, rounds);
    }

    private int settled() {
        int rounds = 0;
        long since = millis;
        while (!round()) {
            if (rounds++ > QUIET_ROUNDS || millis - since > QUIET_MILLIS) {
                throw new Chronicle.Violation("not settled after " + rounds + " quiet rounds, " + (millis - since) / 1000 + " s: " + describe());
            }
        }
        return rounds;
    }

    /** What people do about split histories and about databases that were made anew: whoever went back gets a new incarnation, the others adopt what they hear, and everything is sent anew. */
    private void repair() {
        repairing = true;
        Set<String> wrong = split();
        wrong.addAll(estranged);
        for (String name : wrong) {
            end(name, () -> "is renewed");
            UUID other = new UUID(random.nextLong(), random.nextLong());
            chronicle.renamed(history(name), other.toString());
            disks.put(name, disks.get(name).renewed(other));
            nodes.remove(name);
        }
        estranged.clear();
    }

    /** Databases that went another way than what others have of them, as somebody says. */
    private Set<String> split() {
        Set<String> split = new TreeSet<>();
        disks.forEach((name, disk) -> disk.neighbours.forEach((other, neighbour) -> {
            if (neighbour.sender.status() == DeliveryStatus.SPLIT_HISTORY || disks.get(other).neighbours.get(name).receiver.status() == DeliveryStatus.SPLIT_HISTORY) {
                split.add(name);
            }
        }));
        return split;
    }

    /** Everyone once, then the clock moves to where something can happen. */
    private boolean round() {
        disks.keySet().forEach(this::turn);
        boolean settled = isSettled();
        long next = Long.MAX_VALUE;
        for (Node node : nodes.values()) {
            next = Math.min(next, node.wakeAt());
        }
        millis = Math.max(millis + 200, Math.min(next, millis + 600_000));
        return settled;
    }

    /** When there is nothing to say, nothing is said, but hello now and then. */
    private void rest() {
        int silent = 0;
        long since = millis;
        while (silent < 10) {
            long before = network.spoken;
            if (!round() || millis - since > REST_MILLIS && silent == 0) {
                throw new Chronicle.Violation("does not come to rest: " + describe());
            }
            silent = network.spoken == before ? silent + 1 : 0;
        }
    }

    private boolean isSettled() {
        for (String writer : disks.keySet()) {
            for (String reader : disks.get(writer).neighbours.keySet()) {
                if (!isSettled(writer, reader)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isSettled(String writer, String reader) {
        Disk.Neighbour outgoing = disks.get(writer).neighbours.get(reader);
        Disk.Neighbour incoming = disks.get(reader).neighbours.get(writer);
        DeliveryStatus sending = outgoing.sender.status();
        DeliveryStatus receiving = incoming.receiver.status();
        if (estranged.contains(writer) || estranged.contains(reader)) {
            return true;
        }
        boolean split = sending == DeliveryStatus.SPLIT_HISTORY || receiving == DeliveryStatus.SPLIT_HISTORY;
        if (repairing && !disks.get(writer).incarnation.equals(incoming.receiver.senderIncarnation())) {
            return false; // it is still to be adopted
        }
        if (split && !chronicle.forgot(history(writer))) {
            throw new Chronicle.Violation("split history of " + writer + " at " + reader + ", but " + writer + " forgot nothing: " + describe());
        }
        if (!split && !repairing && !chronicle.isPresentPrefix(reader, history(writer), incoming.applied) && !chronicle.forgot(history(writer))) {
            throw new Chronicle.Violation(reader + " shows what " + writer + " does not have: " + describe());
        }
        boolean confirmed = !outgoing.sender.sent().offset().isAfter(outgoing.sender.confirmed().offset()) && !disks.get(writer).head().offset().isAfter(outgoing.sender.scanned());
        return split || chronicle.isEqual(reader, history(writer), incoming.applied) && confirmed && receiving == DeliveryStatus.ACTIVE;
    }

    void check(String reader, String writer, Disk disk) {
        Disk.Neighbour neighbour = disk.neighbours.get(writer);
        chronicle.check(reader, neighbour.receiver.senderIncarnation().toString(), neighbour.applied);
    }

    /** A database made anew under an old name has a history of its own. */
    private String history(String name) {
        return disks.get(name).incarnation.toString();
    }

    /** A reader commits that it has applied up to here. */
    void reached(String reader, String writer, LogOffset offset) {
        furthest.merge(reader + "<" + writer, offset, (one, other) -> one.isAfter(other) ? one : other);
    }

    /** No confirmation speaks of what was never committed at the reader. */
    void checkConfirmation(String writer, String reader, Position position, Disk disk) {
        if (position.incarnation().equals(disk.incarnation) && position.offset().isAfter(furthest.getOrDefault(reader + "<" + writer, LogOffset.ZERO))) {
            throw new Chronicle.Violation(reader + " confirmed " + position + " to " + writer + ", but never applied so far");
        }
    }

    /** Something bad, or left out of a run that is shrunk. */
    boolean strikes(double probability) {
        return mischief.strikes(random, probability);
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    boolean isPoison(long id) {
        return poison.contains(id);
    }

    Faults faults() {
        return faults;
    }

    void trace(String me, String peer, Object event, List<?> actions) {
        fingerprint = fingerprint * 31 + event.getClass().getName().hashCode();
        fingerprint = fingerprint * 31 + actions.size() + millis;
        if (story != null && !actions.isEmpty()) {
            note(me, () -> "⟨" + peer + "⟩ " + event.getClass().getSimpleName() + " ⇒ " + brief(shorten(actions)));
        }
    }

    private static String brief(String text) {
        return text.length() > WORDS_AT_MOST ? text.substring(0, WORDS_AT_MOST) + "…" : text;
    }

    void traceSent(Envelope envelope) {
        fingerprint = fingerprint * 31 + envelope.header().hashCode();
        if (story != null) {
            story.message(millis, envelope.sender(), envelope.recipient(),
                    envelope.kind() + " " + envelope.header() + (envelope.confirmation() == null ? "" : " confirms " + envelope.confirmation().offset()));
        }
    }

    private void lost(Envelope envelope, String what) {
        if (story != null) {
            story.lost(millis, envelope.sender(), envelope.recipient(), what);
        }
    }

    private void note(String name, Supplier<String> text) {
        if (story != null) {
            story.note(millis, name, text.get());
        }
    }

    private void end(String name, Supplier<String> text) {
        if (story != null) {
            story.end(millis, name, text.get());
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        disks.forEach((name, disk) -> disk.neighbours.forEach((other, neighbour) -> text.append("\n  ").append(name).append(" ↔ ").append(other).append(": ")
                .append(shorten(neighbour.sender)).append(", ").append(shorten(neighbour.receiver)).append(", applied ").append(neighbour.applied)));
        return text.toString();
    }

    private static Map<Pattern, String> shorter() {
        Map<Pattern, String> shorter = new LinkedHashMap<>();
        shorter.put(Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-([0-9a-f]{4})[0-9a-f]{8}"), "$1");
        shorter.put(Pattern.compile("[0-9a-f]{26}([0-9a-f]{6})"), "$1");
        shorter.put(Pattern.compile("(Envelope|Limits)\\[[^\\]]*\\]"), "$1");
        shorter.put(Pattern.compile(", limits=Limits[^]]*\\]"), "");
        return shorter;
    }

    private static String shorten(Object value) {
        String text = value.toString();
        for (Map.Entry<Pattern, String> each : SHORTER.entrySet()) {
            text = each.getKey().matcher(text).replaceAll(each.getValue());
        }
        return text;
    }
}
