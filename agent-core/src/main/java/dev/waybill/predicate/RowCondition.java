// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import java.util.HashMap;
import java.util.Map;

/** A condition for the images of a table: asked about each of them. Immutable; any thread. */
public final class RowCondition {

    private final Condition condition;
    private final Map<String, Integer> places = new HashMap<>();
    private final int[] looked;

    /** The table has all of its columns. */
    public RowCondition(Condition condition, TableShape table) {
        this.condition = condition;
        for (int i = 0; i < table.columns().size(); i++) {
            places.put(table.columns().get(i).name(), i);
        }
        this.looked = condition.names().stream().mapToInt(places::get).toArray();
    }

    /** Whether the image says what has to be known to decide. */
    public boolean isKnown(RowImage image) {
        boolean known = image != null;
        for (int i = 0; known && i < looked.length; i++) {
            known = image.has(looked[i]);
        }
        return known;
    }

    /** Whether the row belongs; only where that is known. */
    public boolean holds(RowImage image) {
        return condition.holds(name -> image.value(places.get(name)));
    }
}
