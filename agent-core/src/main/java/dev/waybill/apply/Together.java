// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;

/** Performs changes of one table and kind so that what must be unique, or be there, holds only after all of them: rows that exchange unique values, rows that refer to one another. One thread. */
final class Together {

    /** The database compares each row with each: beyond this it would take long. */
    private static final int ROWS = 2_000;
    private static final int PARAMETERS = 50_000;

    private final Statements statements;

    Together(Statements statements) {
        this.statements = statements;
    }

    /** The number of rows changed; anything but the number of works means that it was not possible and that the caller goes back. */
    int run(List<Work> works) throws SQLException {
        return switch (works.get(0).kind()) {
            case DELETE -> deleteWithObjects(works);
            case UPDATE, UPDATE_KEY -> update(works);
            default -> 0;
        };
    }

    private int update(List<Work> works) throws SQLException {
        Work first = works.get(0);
        int key = first.landing().keyOrder().size();
        boolean fits = first.landing().objects().isEmpty() && statements.dialect().updatesTogether() && works.size() <= ROWS && works.size() * (2 * key + first.columns().cardinality()) <= PARAMETERS && !first.columns().isEmpty();
        if (!fits || !works.stream().allMatch(work -> work.isLike(first))) {
            return 0;
        }
        PreparedStatement statement = statements.prepare(statements.sql().updateTogether(first.landing(), first.columns(), works.size()));
        int index = 1;
        for (Work work : works) {
            index = statements.bindKey(statement, index, work);
            index = statements.bind(statement, index, work, work.columns());
        }
        for (Work work : works) {
            index = statements.bindKey(statement, index, work);
        }
        return statement.executeUpdate();
    }

    private int deleteWithObjects(List<Work> works) throws SQLException {
        boolean objects = !works.get(0).landing().objects().isEmpty();
        if (objects) {
            statements.objects().losing(works);
        }
        int count = delete(works);
        if (objects) {
            statements.objects().written();
        }
        return count;
    }

    /** Rows that refer to one another first stop doing so, where that is allowed. */
    private int delete(List<Work> works) throws SQLException {
        BitSet loose = looseReferences(works.get(0).landing());
        if (loose.isEmpty()) {
            return 0;
        }
        PreparedStatement forget = statements.prepare(statements.sql().forget(works.get(0).landing(), loose));
        for (Work work : works) {
            statements.bindKey(forget, 1, work);
            forget.executeUpdate();
        }
        int count = 0;
        PreparedStatement delete = statements.prepare(statements.sql().delete(works.get(0).landing()));
        for (Work work : works) {
            statements.bindKey(delete, 1, work);
            count += delete.executeUpdate();
        }
        return count;
    }

    private static BitSet looseReferences(Landing landing) {
        BitSet loose = (BitSet) landing.references().clone();
        loose.and(landing.assignable());
        loose.andNot(landing.key());
        loose.stream().filter(index -> !landing.table().columns().get(landing.column(index).name()).nullable()).boxed().toList().forEach(loose::clear);
        return loose;
    }
}
