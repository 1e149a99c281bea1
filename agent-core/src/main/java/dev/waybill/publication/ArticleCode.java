// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ByteSink;
import dev.waybill.change.ByteSource;
import dev.waybill.change.ColumnShape;
import dev.waybill.change.MalformedException;
import dev.waybill.change.ShapeCodec;
import dev.waybill.change.TableShape;
import dev.waybill.conflict.Clauses;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Term;
import dev.waybill.predicate.TextRule;
import dev.waybill.predicate.Watched;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Articles as their row in the catalogue has them: bytes, and beside them the texts of the condition and of the column after SUBSCRIBE BY. Stateless.
 *
 * <pre>
 *   all rows           1 · shape             what {@link ShapeCodec#encode} gives
 *   rows by condition  2 · shape · watched   a program that knows no conditions refuses it
 *   rows by value      3 · shape · watched   and so does one that knows no SUBSCRIBE BY
 * </pre>
 */
final class ArticleCode {

    private static final int CONDITIONAL = 2;
    private static final int BY_VALUE = 3;

    private ArticleCode() {}

    static byte[] encode(Article article) {
        if (!article.choosesRows()) {
            return ShapeCodec.encode(article.table());
        }
        ByteSink sink = new ByteSink();
        sink.putByte(article.subscribeBy() == null ? CONDITIONAL : BY_VALUE);
        ShapeCodec.write(sink, article.table());
        watched(article).write(sink);
        return sink.bytes();
    }

    /**
     * @param condition   null where there is none
     * @param subscribeBy likewise
     * @param clauses     likewise
     */
    static Article decode(byte[] bytes, String condition, String subscribeBy, String clauses) throws SQLException {
        try {
            if (bytes.length == 0 || bytes[0] != CONDITIONAL && bytes[0] != BY_VALUE) {
                return new Article(ShapeCodec.decode(bytes), null, null, Clauses.of(clauses));
            }
            ByteSource source = new ByteSource(bytes, 1, bytes.length);
            TableShape table = ShapeCodec.readShape(source);
            Watched watched = Watched.read(source);
            source.expectEnd("an article");
            Term.Column column = subscribeBy == null ? null : watched.find(Condition.columnOfText(subscribeBy));
            return new Article(table, condition == null ? null : Condition.ofText(condition).resolved(watched), column, Clauses.of(clauses));
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
        article.looked(column -> {
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
