// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Hop;
import dev.waybill.change.TransactionRecord.Passthrough;
import dev.waybill.change.TransactionRecord.PassthroughEnd;
import dev.waybill.change.TransactionRecord.Seen;
import dev.waybill.change.TransactionRecord.SnapshotEnd;
import dev.waybill.change.TransactionRecord.SnapshotReference;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Content of the records that come once or rarely in a transaction, as {@link TransactionWriter} draws them. Stateless; any thread. */
final class RareRecords {

    private static final int LEAST_HOP_BYTES = 18;

    private RareRecords() {}

    /** The first byte of such a record. */
    static int code(TransactionRecord record) {
        if (record instanceof Begin) {
            return RecordCode.BEGIN;
        } else if (record instanceof SnapshotReference) {
            return RecordCode.SNAPSHOT_REFERENCE;
        } else if (record instanceof SnapshotStart) {
            return RecordCode.SNAPSHOT_START;
        } else if (record instanceof SnapshotEnd) {
            return RecordCode.SNAPSHOT_END;
        } else if (record instanceof Seen) {
            return RecordCode.SEEN;
        } else if (record instanceof Passthrough) {
            return RecordCode.PASSTHROUGH;
        } else if (record instanceof PassthroughEnd) {
            return RecordCode.PASSTHROUGH_END;
        } else if (record instanceof End) {
            return RecordCode.END;
        }
        throw new IllegalStateException("no code for " + record.getClass().getName());
    }

    /** Its content. */
    static void write(ByteSink to, TransactionRecord record) {
        if (record instanceof Begin begin) {
            write(to, begin);
        } else if (record instanceof SnapshotReference reference) {
            write(to, reference);
        } else if (record instanceof SnapshotStart start) {
            write(to, start);
        } else if (record instanceof SnapshotEnd end) {
            to.putNumber(end.rows());
        } else if (record instanceof Seen seen) {
            to.putUuid(seen.incarnation());
            to.putNumber(seen.logOffset());
        } else if (record instanceof Passthrough passed) {
            write(to, passed);
        } else if (record instanceof End end) {
            write(to, end);
        }
    }

    static Seen readSeen(ByteSource from) throws MalformedException {
        return new Seen(from.getUuid(), from.getLongNumber("log offset"));
    }

    private static void write(ByteSink to, Passthrough passed) {
        to.putVarint(passed.recipients().size());
        passed.recipients().forEach(to::putText);
        to.putText(passed.product());
        to.putByte(passed.defines() ? 1 : 0);
        to.putText(passed.statement());
    }

    static Passthrough readPassthrough(ByteSource from) throws MalformedException {
        List<String> recipients = new ArrayList<>();
        for (int i = from.getCount(1, "recipients"); i > 0; i--) {
            recipients.add(from.getText("recipient"));
        }
        return new Passthrough(recipients, from.getText("product"), from.getFlag("whether it defines"), from.getText("statement"));
    }

    private static void write(ByteSink to, Begin begin) {
        to.putUuid(begin.transactionId());
        to.putText(begin.publisher());
        to.putText(begin.user());
        to.putVarint(begin.path().size());
        for (Hop hop : begin.path()) {
            to.putText(hop.publisher());
            to.putUuid(hop.incarnation());
            to.putNumber(hop.logOffset());
        }
    }

    static Begin readBegin(ByteSource from) throws MalformedException {
        UUID transactionId = from.getUuid();
        String publisher = from.getText("publisher");
        String user = from.getText("user");
        int hops = from.getCount(LEAST_HOP_BYTES, "hops");
        List<Hop> path = hops == 0 ? List.of() : new ArrayList<>();
        for (int i = hops; i > 0; i--) {
            path.add(new Hop(from.getText("publisher"), from.getUuid(), from.getLongNumber("log offset")));
        }
        return new Begin(transactionId, publisher, user, path);
    }

    private static void write(ByteSink to, SnapshotReference reference) {
        writePublication(to, reference.publication(), reference.value());
        to.putUuid(reference.spoolId());
    }

    static SnapshotReference readSnapshotReference(ByteSource from) throws MalformedException {
        String publication = from.getText("publication");
        return new SnapshotReference(publication, readValue(from), from.getUuid());
    }

    private static void write(ByteSink to, SnapshotStart start) {
        writePublication(to, start.publication(), start.value());
        to.putVarint(start.tables().size());
        start.tables().forEach(table -> DefinitionCodec.write(to, table));
    }

    static SnapshotStart readSnapshotStart(ByteSource from) throws MalformedException {
        String publication = from.getText("publication");
        String value = readValue(from);
        List<TableDefinition> tables = new ArrayList<>();
        for (int i = from.getCount(1, "tables"); i > 0; i--) {
            tables.add(DefinitionCodec.read(from));
        }
        return new SnapshotStart(publication, value, tables);
    }

    private static void writePublication(ByteSink to, String publication, String value) {
        to.putText(publication);
        to.putByte(value == null ? 0 : 1);
        if (value != null) {
            to.putText(value);
        }
    }

    private static String readValue(ByteSource from) throws MalformedException {
        return from.getFlag("whether there is a value") ? from.getText("value") : null;
    }

    private static void write(ByteSink to, End end) {
        to.putZigzag(end.committedAt().getEpochSecond());
        to.putVarint(end.committedAt().getNano());
        to.putVarint(end.changes());
    }

    static End readEnd(ByteSource from) throws MalformedException {
        long second = from.getZigzag();
        int nano = from.getNumber(999_999_999, "nanosecond");
        if (second < Instant.MIN.getEpochSecond() || second > Instant.MAX.getEpochSecond()) {
            throw new MalformedException("the commit time " + second + " s is not in the calendar");
        }
        return new End(Instant.ofEpochSecond(second, nano), from.getLongNumber("number of changes"));
    }
}
