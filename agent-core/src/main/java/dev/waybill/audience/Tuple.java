// SPDX-License-Identifier: Apache-2.0
package dev.waybill.audience;

import dev.waybill.change.KeyImage;
import dev.waybill.predicate.Row;
import dev.waybill.publication.Audience;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The values by which deciding rows are found. Immutable; any thread.
 *
 * @param audience by whose joins
 * @param values   one for each, none of them null
 */
record Tuple(Audience audience, List<Object> values) {

    /** Of a row of the table that is decided about; null where one is NULL, so that nothing is found. */
    static Tuple ofOwn(Audience audience, Row row) {
        return of(audience, row, true);
    }

    /** Of a deciding row; null where one is NULL. */
    static Tuple ofTheirs(Audience audience, Row row) {
        return of(audience, row, false);
    }

    private static Tuple of(Audience audience, Row row, boolean own) {
        List<Object> values = new ArrayList<>();
        for (Audience.Join join : audience.joins()) {
            Object value = row.value((own ? join.own() : join.theirs()).name());
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return new Tuple(audience, values);
    }

    private List<KeyImage> images() {
        List<KeyImage> images = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            images.add(KeyImage.ofValue(audience.joins().get(i).theirs().type(), values.get(i)));
        }
        return images;
    }

    /** The number under which it is locked. Two that have the same wait for one another without need. */
    int lock() {
        return 31 * audience.decider().hashCode() + images().hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tuple tuple && audience == tuple.audience && images().equals(tuple.images());
    }

    @Override
    public int hashCode() {
        return Objects.hash(audience.decider(), images());
    }
}
