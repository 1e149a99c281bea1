// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.delivery.JournalView;
import dev.waybill.delivery.ReceiverState;
import dev.waybill.delivery.SenderState;
import dev.waybill.delivery.StagedGroup;
import dev.waybill.delivery.Standing;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;

/** One database: what survives a crash, and what a backup copies. Each method that changes it is one commit. */
final class Disk implements JournalView {

    /** A sequenced transaction. */
    record Entry(LogOffset offset, Digest digest, Chronicle.Entry transaction, int sizeBytes) {}

    /** A stored part. */
    record StagedPart(Envelope envelope, byte[] body) {}

    /** What is kept for one neighbour: one row of remote_user, its staged parts, its applied transactions. */
    static final class Neighbour {
        ReceiverState.Kept receiver = ReceiverState.unknown().kept();
        SenderState.Kept sender;
        final List<StagedPart> staged = new ArrayList<>();
        final List<Long> applied = new ArrayList<>();

        Neighbour copy() {
            Neighbour copy = new Neighbour();
            copy.receiver = receiver;
            copy.sender = sender;
            copy.staged.addAll(staged);
            copy.applied.addAll(applied);
            return copy;
        }

        List<StagedGroup> groups() {
            List<StagedGroup> groups = new ArrayList<>();
            for (StagedPart part : staged) {
                Envelope envelope = part.envelope();
                if (envelope.stream().number() != receiver.stream()) {
                    continue;
                }
                StagedGroup group = groups.stream().filter(one -> one.prev().equals(envelope.header().prev()) && one.cut().equals(envelope.part().cut())
                        && one.prevDigest().equals(envelope.prevDigest())).findFirst().orElse(null);
                groups.remove(group);
                StagedGroup before = group == null ? StagedGroup.empty(envelope.header().prev(), envelope.part().cut(), envelope.prevDigest()) : group;
                int sequence = envelope.header().sequence();
                groups.add(envelope.header().isLastPart() ? before.withLast(sequence, part.body().length, envelope.header().last(), envelope.part().totalBytes())
                        : before.with(sequence, part.body().length));
            }
            return groups;
        }
    }

    final UUID incarnation;
    final List<Entry> journal;
    final Map<String, Neighbour> neighbours;
    Position trimmedTo;

    Disk(UUID incarnation) {
        this(incarnation, new ArrayList<>(), new TreeMap<>(), Position.start(incarnation));
    }

    private Disk(UUID incarnation, List<Entry> journal, Map<String, Neighbour> neighbours, Position trimmedTo) {
        this.incarnation = incarnation;
        this.journal = journal;
        this.neighbours = neighbours;
        this.trimmedTo = trimmedTo;
    }

    Disk copy() {
        Map<String, Neighbour> copies = new TreeMap<>();
        neighbours.forEach((name, neighbour) -> copies.put(name, neighbour.copy()));
        return new Disk(incarnation, new ArrayList<>(journal), copies, trimmedTo);
    }

    /** The same database under a new incarnation: its journal goes on, everybody to whom it sends begins anew. */
    Disk renewed(UUID other) {
        Disk renewed = new Disk(other, journal, neighbours, moved(trimmedTo, other));
        for (Neighbour neighbour : neighbours.values()) {
            SenderState.Kept kept = neighbour.sender;
            neighbour.sender = new SenderState.Kept(kept.peerIncarnation(), kept.resendCount(), moved(kept.sent(), other), moved(kept.confirmed(), other), kept.scanned(), DeliveryStatus.NEEDS_RESYNC, "renewed",
                    kept.stream(), moved(kept.base(), other), new Standing(kept.standing().incarnation(), 0, Position.start(other), kept.standing().word()));
        }
        return renewed;
    }

    private static Position moved(Position position, UUID other) {
        return new Position(other, position.offset(), position.digest());
    }

    void commit(Chronicle.Entry transaction, int sizeBytes) {
        Position head = head();
        Digest digest = new Digest(mix(head.digest().high() ^ transaction.id()), mix(head.digest().low() + transaction.id()));
        journal.add(new Entry(new LogOffset(head.offset().bytes() + sizeBytes), digest, transaction, sizeBytes));
    }

    /** R11: a bound is reached. Deletes everything, owed or not; for whom it was owed, what his sender says of it stands in the same commit. */
    void trimAll(BiFunction<String, SenderState.Kept, SenderState.Kept> trimmedAway) {
        if (neighbours.values().stream().anyMatch(neighbour -> neighbour.sender.status() == DeliveryStatus.SPLIT_HISTORY)) {
            return;
        }
        neighbours.forEach((name, neighbour) -> {
            if (SenderState.loaded(neighbour.sender).owedFrom().isBefore(head().offset())) {
                neighbour.sender = trimmedAway.apply(name, neighbour.sender);
            }
        });
        trimmedTo = head();
    }

    /** Deletes what nobody is owed; nothing while any history is split. */
    void trim(Mutant mutant) {
        if (neighbours.values().stream().anyMatch(neighbour -> neighbour.sender.status() == DeliveryStatus.SPLIT_HISTORY)) {
            return;
        }
        LogOffset owed = head().offset();
        for (Neighbour neighbour : neighbours.values()) {
            LogOffset from = SenderState.loaded(neighbour.sender).owedFrom();
            owed = from.isBefore(owed) ? from : owed;
        }
        owed = mutant.owed(owed, head().offset());
        for (Entry entry : journal) {
            if (!entry.offset().isAfter(owed) && entry.offset().isAfter(trimmedTo.offset())) {
                trimmedTo = new Position(incarnation, entry.offset(), entry.digest());
            }
        }
    }

    @Override
    public Position head() {
        if (journal.isEmpty()) {
            return Position.start(incarnation);
        }
        Entry last = journal.get(journal.size() - 1);
        return new Position(incarnation, last.offset(), last.digest());
    }

    @Override
    public Position trimmedTo() {
        return trimmedTo;
    }

    @Override
    public Optional<Position> at(LogOffset offset) {
        int after = firstAfter(offset);
        if (after == 0 || !journal.get(after - 1).offset().equals(offset)) {
            return Optional.empty();
        }
        return Optional.of(new Position(incarnation, offset, journal.get(after - 1).digest()));
    }

    /** All entries behind an offset, as they are now. */
    List<Entry> after(LogOffset offset) {
        return List.copyOf(journal.subList(firstAfter(offset), journal.size()));
    }

    /** How many entries lie at or before an offset. */
    private int firstAfter(LogOffset offset) {
        int low = 0;
        int high = journal.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (journal.get(middle).offset().isAfter(offset)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The encoded form of a transaction: its id, then bytes that follow from it. */
    static byte[] encode(long id, int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        ByteBuffer.wrap(bytes).putLong(id);
        for (int i = 8; i < sizeBytes; i++) {
            bytes[i] = (byte) (id * 31 + i);
        }
        return bytes;
    }

    /** The id, if these are exactly its bytes. */
    static long decode(byte[] bytes) {
        long id = ByteBuffer.wrap(bytes).getLong();
        if (!Arrays.equals(bytes, encode(id, bytes.length))) {
            throw new Chronicle.Violation("transaction " + id + " is not whole");
        }
        return id;
    }

    private static long mix(long z) {
        long a = (z + 0x9e3779b97f4a7c15L ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ a >>> 27) * 0x94d049bb133111ebL;
        return b ^ b >>> 31;
    }
}
