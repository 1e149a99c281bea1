// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import dev.waybill.change.ByteSink;
import dev.waybill.change.ByteSource;
import dev.waybill.change.ColumnShape;
import dev.waybill.change.MalformedException;
import dev.waybill.change.ShapeCodec;
import dev.waybill.change.TableShape;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The columns that a condition looks at, as they were when it was made: with it they say for all time what it means.
 *
 * <pre>
 *   watched := shape (the key, and what is looked at beside it) · rule byte for each of its columns, 255 for none
 * </pre>
 *
 * @param shape the key's columns, and those that are looked at
 * @param rules how the text of each is compared; null where it is no text
 */
public record Watched(TableShape shape, List<TextRule> rules) implements Columns {

    private static final int NO_RULE = 255;

    public Watched {
        rules = Collections.unmodifiableList(new ArrayList<>(rules));
    }

    @Override
    public Term.Column find(Term.Column written) throws SQLException {
        for (int i = 0; i < rules.size(); i++) {
            ColumnShape column = shape.columns().get(i);
            if (column.name().equals(written.name())) {
                return written.found(column.name(), column.type(), rules.get(i));
            }
        }
        throw WaybillError.COLUMN_UNKNOWN.with(written.name(), shape.qualifiedName(), shape.columns().stream().map(ColumnShape::name).toList());
    }

    /** Appends it. */
    public void write(ByteSink sink) {
        ShapeCodec.write(sink, shape);
        rules.forEach(rule -> sink.putByte(rule == null ? NO_RULE : rule.code()));
    }

    /** What {@link #write} wrote. */
    public static Watched read(ByteSource source) throws MalformedException {
        TableShape shape = ShapeCodec.readShape(source);
        List<TextRule> rules = new ArrayList<>();
        for (int i = 0; i < shape.columns().size(); i++) {
            int code = source.getByte();
            TextRule rule = TextRule.of(code);
            if (rule == null && code != NO_RULE) {
                throw new MalformedException("a rule " + code + " by which texts are compared is not known");
            }
            rules.add(rule);
        }
        return new Watched(shape, rules);
    }
}
