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
import java.util.Collections;
import java.util.List;

/**
 * Articles as their row in the catalogue has them: bytes, and beside them the texts of the condition and of the column after SUBSCRIBE BY. Stateless.
 *
 * <pre>
 *   all rows           1 · shape             what {@link ShapeCodec#encode} gives
 *   rows by condition  2 · shape · watched   a program that knows no conditions refuses it
 *   rows by value      3 · shape · watched   and so does one that knows no SUBSCRIBE BY
 *   by another table   4 · shape · watched · decides (watched) · flags (1 a parent, 2 refers back) · count, for each join: own column, theirs (texts) · value (watched, of that column alone) · 0 or 1 and the condition (text)
 * </pre>
 */
final class ArticleCode {

    private static final int CONDITIONAL = 2;
    private static final int BY_VALUE = 3;
    private static final int BY_ANOTHER = 4;
    private static final int OF_PARENT = 1;
    private static final int REFERS_BACK = 2;

    private ArticleCode() {}

    static byte[] encode(Article article) {
        if (!article.choosesRows()) {
            return ShapeCodec.encode(article.table());
        }
        ByteSink sink = new ByteSink();
        sink.putByte(article.audience() != null ? BY_ANOTHER : article.subscribeBy() == null ? CONDITIONAL : BY_VALUE);
        ShapeCodec.write(sink, article.table());
        watched(article).write(sink);
        if (article.audience() != null) {
            write(sink, article.audience());
        }
        return sink.bytes();
    }

    /**
     * @param condition   null where there is none
     * @param subscribeBy likewise
     * @param clauses     likewise
     */
    static Article decode(byte[] bytes, String condition, String subscribeBy, String clauses) throws SQLException {
        try {
            if (bytes.length == 0 || bytes[0] != CONDITIONAL && bytes[0] != BY_VALUE && bytes[0] != BY_ANOTHER) {
                return new Article(ShapeCodec.decode(bytes), null, null, Clauses.of(clauses));
            }
            ByteSource source = new ByteSource(bytes, 1, bytes.length);
            TableShape table = ShapeCodec.readShape(source);
            Watched watched = Watched.read(source);
            Audience audience = bytes[0] == BY_ANOTHER ? audience(source, watched) : null;
            source.expectEnd("an article");
            Term.Column column = subscribeBy == null || audience != null ? null : watched.find(Condition.columnOfText(subscribeBy));
            return new Article(table, condition == null ? null : Condition.ofText(condition).resolved(watched), column, audience, Clauses.of(clauses));
        } catch (MalformedException damaged) {
            throw WaybillError.CATALOGUE_DAMAGED.because(damaged, damaged.getMessage());
        }
    }

    private static void write(ByteSink sink, Audience audience) {
        List<Term.Column> looked = new ArrayList<>();
        audience.joins().forEach(join -> looked.add(join.theirs()));
        if (audience.condition() != null) {
            audience.condition().columns(looked::add);
        }
        if (!audience.ofParent()) {
            looked.add(audience.value());
        }
        watched(audience.decides(), looked).write(sink);
        sink.putByte((audience.ofParent() ? OF_PARENT : 0) + (audience.refersBack() ? REFERS_BACK : 0));
        sink.putVarint(audience.joins().size());
        for (Audience.Join join : audience.joins()) {
            sink.putText(join.own().text());
            sink.putText(join.theirs().text());
        }
        Term.Column value = audience.value();
        new Watched(new TableShape("", value.name(), 0, List.of(new ColumnShape(value.name(), value.type())), List.of(0)), Collections.singletonList(value.rule())).write(sink);
        sink.putByte(audience.condition() == null ? 0 : 1);
        if (audience.condition() != null) {
            sink.putText(audience.condition().text());
        }
    }

    private static Audience audience(ByteSource source, Watched own) throws MalformedException, SQLException {
        Watched theirs = Watched.read(source);
        int flags = source.getByte();
        List<Audience.Join> joins = new ArrayList<>();
        for (int count = source.getCount(2, "joins"); count > 0; count--) {
            joins.add(new Audience.Join(column(own, source.getText("own column")), column(theirs, source.getText("column of the deciding table"))));
        }
        Watched value = Watched.read(source);
        String condition = source.getFlag("condition") ? source.getText("condition") : null;
        Term.Column valueColumn = value.find(Term.Column.written(value.shape().name(), true, 0));
        return new Audience((flags & OF_PARENT) != 0, theirs.shape(), joins, valueColumn, condition == null ? null : Condition.ofText(condition).resolved(theirs), (flags & REFERS_BACK) != 0);
    }

    private static Term.Column column(Watched among, String text) throws SQLException {
        return among.find(Condition.columnOfText(text));
    }

    private static Watched watched(Article article) {
        List<Term.Column> looked = new ArrayList<>();
        article.looked(looked::add);
        return watched(article.table(), looked);
    }

    private static Watched watched(TableShape table, List<Term.Column> looked) {
        List<ColumnShape> columns = new ArrayList<>();
        List<TextRule> rules = new ArrayList<>();
        List<Integer> key = new ArrayList<>();
        for (int index : table.key()) {
            key.add(columns.size());
            columns.add(table.columns().get(index));
            rules.add(null);
        }
        for (Term.Column column : looked) {
            ColumnShape shape = new ColumnShape(column.name(), column.type());
            int known = columns.indexOf(shape);
            if (known < 0) {
                columns.add(shape);
                rules.add(column.rule());
            } else {
                rules.set(known, column.rule());
            }
        }
        return new Watched(new TableShape(table.schema(), table.name(), table.version(), columns, key), rules);
    }
}
