// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was worked out about tables, kept from one transaction to the next: a reader that has met a table before hands out the same {@link TableShape} again without decoding it, and a writer copies the bytes of its TABLE
 * record. Small transactions are read and written several times faster with it. Changes no result. Bounded; one thread, which may share it among its readers and writers.
 */
public final class ShapeCache {

    private static final int MAX_TABLES = 1000;

    private final Map<TableShape, TableCode> byShape = new IdentityHashMap<>();
    private final Map<Long, TableCode> byFingerprint = new HashMap<>();
    private TableCode latest;

    /** For writing. */
    TableCode of(TableShape shape) {
        TableCode code = byShape.get(shape);
        if (code == null) {
            code = new TableCode(shape);
            keep(code);
        }
        return code;
    }

    /** Reads fingerprint, publications and shape, to the end. */
    TableCode read(ByteSource content) throws MalformedException {
        if (latest == null || !content.takes(latest.encodedShape())) {
            latest = readOther(content);
        }
        return latest;
    }

    private TableCode readOther(ByteSource content) throws MalformedException {
        byte[] fingerprintAndShape = content.getBytes(content.remaining());
        ByteSource source = new ByteSource(fingerprintAndShape);
        long fingerprint = source.getLong();
        TableCode known = byFingerprint.get(fingerprint);
        if (known != null && Arrays.equals(known.encodedShape(), fingerprintAndShape)) {
            return known;
        }
        List<String> publications = new ArrayList<>();
        for (int i = source.getCount(1, "publications"); i > 0; i--) {
            publications.add(source.getText("publication"));
        }
        TableShape shape = ShapeCodec.readShape(source).in(publications);
        source.expectEnd("a table record");
        if (fingerprint != shape.fingerprint()) {
            throw new MalformedException("the fingerprint of " + shape.qualifiedName() + " is " + Long.toHexString(shape.fingerprint()) + ", the record says " + Long.toHexString(fingerprint));
        }
        TableCode code = new TableCode(shape);
        keep(code);
        byFingerprint.put(fingerprint, code);
        return code;
    }

    private void keep(TableCode code) {
        if (byShape.size() >= MAX_TABLES) {
            byShape.clear();
            byFingerprint.clear();
        }
        byShape.put(code.shape, code);
    }
}
