// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ByteSink;
import dev.waybill.change.ByteSource;
import dev.waybill.change.ColumnShape;
import dev.waybill.change.MalformedException;
import dev.waybill.change.ShapeCodec;
import dev.waybill.change.TableShape;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.TextRule;
import dev.waybill.predicate.Watched;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Articles as their row in the catalogue has them: bytes, and beside them the text of the condition. Stateless.
 *
 * <pre>
 *   all rows           1 · shape             what {@link ShapeCodec#encode} gives
 *   rows by condition  2 · shape · watched   a program that knows no conditions refuses it
 * </pre>
 */
final class ArticleCode {

    private static final int CONDITIONAL = 2;

    private ArticleCode() {}

    static byte[] encode(Article article) {
        if (article.condition() == null) {
            return ShapeCodec.encode(article.table());
        }
        ByteSink sink = new ByteSink();
        sink.putByte(CONDITIONAL);
        ShapeCodec.write(sink, article.table());
        watched(article).write(sink);
        return sink.bytes();
    }

    /** @param condition null where all rows are chosen */
    static Article decode(byte[] bytes, String condition) throws SQLException {
        try {
            if (bytes.length == 0 || bytes[0] != CONDITIONAL) {
                return new Article(ShapeCodec.decode(bytes));
            }
            ByteSource source = new ByteSource(bytes, 1, bytes.length);
            TableShape table = ShapeCodec.readShape(source);
            Watched watched = Watched.read(source);
            source.expectEnd("an article");
            return new Article(table, Condition.ofText(condition).resolved(watched));
        } catch (MalformedException damaged) {
            throw WaybillError.CATALOGUE_DAMAGED.because(damaged, damaged.getMessage());
        }
    }

    private static Watched watched(Article article) {
        List<ColumnShape> columns = new ArrayList<>();
        List<TextRule> rules = new ArrayList<>();
        for (int key : article.table().key()) {
            columns.add(article.table().columns().get(key));
            rules.add(null);
        }
        article.condition().columns(column -> {
            ColumnShape shape = new ColumnShape(column.name(), column.type());
            int known = columns.indexOf(shape);
            if (known < 0) {
                columns.add(shape);
                rules.add(column.rule());
            } else {
                rules.set(known, column.rule());
            }
        });
        List<Integer> key = new ArrayList<>();
        for (int i = 0; i < article.table().key().size(); i++) {
            key.add(i);
        }
        TableShape table = article.table();
        return new Watched(new TableShape(table.schema(), table.name(), table.version(), columns, key), rules);
    }
}
