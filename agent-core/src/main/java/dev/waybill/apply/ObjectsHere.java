// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.LargeObjects;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Large objects of the rows that one apply writes: content becomes an object of its own, and what a row no longer refers to is removed when the row has been written. For one connection, one thread. Beyond
 * {@link LargeObjects#REMOVED_AT_MOST} in one apply they are left.
 */
final class ObjectsHere {

    private final Connection raw;
    private final Dialect dialect;
    private final LargeObjects objects;
    private final Map<Object, Long> made = new IdentityHashMap<>();
    private final List<Long> old = new ArrayList<>();
    private int removed;

    ObjectsHere(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
        this.objects = dialect.largeObjects();
    }

    /** The number of an object with this content: always the same one until {@link #written}. */
    Long number(Object content) throws SQLException {
        Long number = made.get(content);
        if (number == null) {
            number = objects.create(raw, content);
            made.put(content, number);
        }
        return number;
    }

    /** Before these changes: remembers the objects that their rows lose. */
    void losing(List<Work> works) throws SQLException {
        made.clear();
        old.clear();
        Work first = works.get(0);
        BitSet lost = (BitSet) first.landing().objects().clone();
        if (first.kind() == Kind.INSERT || lost.isEmpty()) {
            return;
        }
        if (first.kind() != Kind.DELETE && first.kind() != Kind.TRUNCATE) {
            lost.and(first.columns());
        }
        for (int column = lost.nextSetBit(0); column >= 0; column = lost.nextSetBit(column + 1)) {
            remember(works, column);
        }
    }

    private void remember(List<Work> works, int column) throws SQLException {
        Landing landing = works.get(0).landing();
        boolean all = works.get(0).kind() == Kind.TRUNCATE;
        String name = dialect.quote(landing.column(column).name());
        String byKey = landing.keyOrder().stream().map(index -> dialect.quote(landing.column(index).name()) + " = ?").collect(Collectors.joining(" AND ", " AND ", ""));
        String sql = "SELECT " + name + " FROM " + dialect.quote(landing.table().name().schema(), landing.table().name().name()) + " WHERE " + name + " IS NOT NULL" + (all ? dialect.first(LargeObjects.REMOVED_AT_MOST + 1) : byKey);
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            for (Work work : all ? works.subList(0, 1) : works) {
                int parameter = 1;
                for (int index : all ? List.<Integer>of() : landing.keyOrder()) {
                    dialect.bind(select, parameter++, work.keyImage().value(index), landing.column(index).type());
                }
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        old.add(row.getLong(1));
                    }
                }
            }
        }
    }

    /** After them: the objects are gone with them. A trigger of the application's may have removed them already. */
    void written() throws SQLException {
        made.clear();
        removed += objects.removeFirst(raw, old, LargeObjects.REMOVED_AT_MOST - removed);
        old.clear();
    }
}
