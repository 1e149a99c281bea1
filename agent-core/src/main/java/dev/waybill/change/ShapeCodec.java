// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The binary form of table shapes and column types: inside TABLE records, and on its own in the catalogue. Decoding gives equal values or throws {@link MalformedException}. Stateless; any thread.
 *
 * <pre>
 *   shape  := schema text · name text · version varint · columns varint · (name text · type)* · keys varint · (index varint)*
 *   type   := code byte · precision zigzag · scale zigzag · qualifier text · labels varint · text* · components varint · type*
 *   alone  := format byte (1) · shape
 * </pre>
 */
public final class ShapeCodec {

    private static final int FORMAT = 1;
    private static final int LEAST_TYPE_BYTES = 6;
    private static final int MAX_DEPTH = 16;
    private static final SqlType[] TYPES = SqlType.values();

    private ShapeCodec() {}

    /** A shape alone, with its format in front. */
    public static byte[] encode(TableShape shape) {
        ByteSink sink = new ByteSink();
        sink.putByte(FORMAT);
        write(sink, shape);
        return sink.bytes();
    }

    /** What {@link #encode} gave; nothing may follow. */
    public static TableShape decode(byte[] bytes) throws MalformedException {
        ByteSource source = new ByteSource(bytes);
        int format = source.getByte();
        if (format != FORMAT) {
            throw new MalformedException(MalformedException.Reason.TOO_NEW, "a table shape has format " + format + ", this program knows " + FORMAT);
        }
        TableShape shape = readShape(source);
        source.expectEnd("a table shape");
        return shape;
    }

    /** Appends a shape. */
    public static void write(ByteSink to, TableShape shape) {
        to.putText(shape.schema());
        to.putText(shape.name());
        to.putNumber(shape.version());
        to.putVarint(shape.columns().size());
        for (ColumnShape column : shape.columns()) {
            to.putText(column.name());
            write(to, column.type());
        }
        to.putVarint(shape.key().size());
        shape.key().forEach(to::putVarint);
    }

    /** Reads a shape. */
    public static TableShape readShape(ByteSource from) throws MalformedException {
        String schema = from.getText("schema name");
        String name = from.getText("table name");
        long version = from.getLongNumber("catalogue version");
        int columnCount = from.getCount(1 + LEAST_TYPE_BYTES, "columns");
        List<ColumnShape> columns = new ArrayList<>(columnCount);
        for (int i = 0; i < columnCount; i++) {
            columns.add(new ColumnShape(from.getText("column name"), readType(from)));
        }
        int keyCount = from.getCount(1, "key columns");
        List<Integer> key = new ArrayList<>(keyCount);
        for (int i = 0; i < keyCount; i++) {
            key.add(from.getNumber(Math.max(0, columnCount - 1), "key column"));
        }
        if (key.isEmpty() || columns.isEmpty()) {
            throw new MalformedException("table " + schema + "." + name + " has no key");
        }
        return new TableShape(schema, name, version, columns, key);
    }

    /** Appends a type. */
    public static void write(ByteSink to, ColumnType type) {
        to.putByte(type.type().code());
        to.putZigzag(type.precision());
        to.putZigzag(type.scale());
        to.putText(type.qualifier());
        to.putVarint(type.labels().size());
        type.labels().forEach(to::putText);
        to.putVarint(type.components().size());
        type.components().forEach(component -> write(to, component));
    }

    /** Reads a type. */
    public static ColumnType readType(ByteSource from) throws MalformedException {
        return readType(from, 0);
    }

    private static ColumnType readType(ByteSource from, int depth) throws MalformedException {
        if (depth > MAX_DEPTH) {
            throw new MalformedException("a column type is nested more than " + MAX_DEPTH + " deep");
        }
        SqlType type = constant(TYPES, SqlType::code, from.getByte(), "column type");
        long precision = from.getZigzag();
        int scale = from.getSignedInt("scale");
        String qualifier = from.getText("qualifier");
        int labelCount = from.getCount(1, "labels");
        List<String> labels = new ArrayList<>(labelCount);
        for (int i = 0; i < labelCount; i++) {
            labels.add(from.getText("label"));
        }
        int componentCount = from.getCount(LEAST_TYPE_BYTES, "components");
        List<ColumnType> components = new ArrayList<>(componentCount);
        for (int i = 0; i < componentCount; i++) {
            components.add(readType(from, depth + 1));
        }
        return new ColumnType(type, precision, scale, qualifier, labels, components);
    }

    /** The constant with this code. */
    static <E extends Enum<E>> E constant(E[] all, ToIntFunction<E> code, int wanted, String what) throws MalformedException {
        for (E candidate : all) {
            if (code.applyAsInt(candidate) == wanted) {
                return candidate;
            }
        }
        throw new MalformedException(what + " " + wanted + " is not known");
    }
}
