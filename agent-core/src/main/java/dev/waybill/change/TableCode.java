// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.util.List;

/** What coding the images of a table needs, worked out once. One thread; the arrays are not to be touched. */
final class TableCode {

    final TableShape shape;
    final ColumnType[] types;
    final ValueKind[] kinds;
    final boolean[] inKey;
    private final int[] key;
    private byte[] encoded;

    TableCode(TableShape shape) {
        List<ColumnShape> columns = shape.columns();
        this.shape = shape;
        this.types = new ColumnType[columns.size()];
        this.kinds = new ValueKind[columns.size()];
        this.inKey = new boolean[columns.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = columns.get(i).type();
            kinds[i] = types[i].kind();
        }
        this.key = shape.key().stream().mapToInt(Integer::intValue).toArray();
        shape.key().forEach(index -> inKey[index] = true);
    }

    /** Fingerprint, publications and shape, as TABLE records hold them. */
    byte[] encodedShape() {
        if (encoded == null) {
            ByteSink sink = new ByteSink(512);
            sink.putLong(shape.fingerprint());
            sink.putVarint(shape.publications().size());
            shape.publications().forEach(sink::putText);
            ShapeCodec.write(sink, shape);
            encoded = sink.bytes();
        }
        return encoded;
    }

    int width() {
        return types.length;
    }

    boolean hasMoreThanKey() {
        return key.length < types.length;
    }

    String column(int index) {
        return shape.qualifiedName() + "." + shape.columns().get(index).name();
    }

    /** What is wrong with the images of a change, or null: the rules hold for writing and for reading. */
    String fault(Operation operation, RowImage oldKey, RowImage before, RowImage after) {
        if (!fits(oldKey) || !fits(before) || !fits(after)) {
            return "an image that has not " + width() + " values";
        }
        boolean mustHaveAfter = operation == Operation.INSERT || operation == Operation.UPDATE || operation == Operation.UPSERT;
        if (mustHaveAfter && !hasKey(after)) {
            return operation + " without the key in its after-image";
        }
        if (!mustHaveAfter && after != null) {
            return operation + " with an after-image";
        }
        if (operation == Operation.DELETE && !hasKey(before)) {
            return "DELETE without the key in its before-image";
        }
        if ((operation == Operation.INSERT || operation == Operation.TRUNCATE) && before != null) {
            return operation + " with a before-image";
        }
        if (oldKey != null && (operation != Operation.UPDATE || !isKeyOnly(oldKey))) {
            return operation + " with an old key that does not belong there, or is not just the key";
        }
        return null;
    }

    private boolean fits(RowImage image) {
        return image == null || image.values().length == width();
    }

    private boolean hasKey(RowImage image) {
        if (image == null) {
            return false;
        }
        for (int index : key) {
            if (!image.has(index)) {
                return false;
            }
        }
        return true;
    }

    private boolean isKeyOnly(RowImage image) {
        for (int i = 0; i < inKey.length; i++) {
            if (inKey[i] != image.has(i)) {
                return false;
            }
        }
        return true;
    }
}
