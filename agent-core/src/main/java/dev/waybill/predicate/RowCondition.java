// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A condition for the images of a table: asked about each of them. Immutable; any thread. */
public final class RowCondition {

    private final Condition condition;
    private final Map<String, Integer> places = new HashMap<>();
    private final int[] looked;
    private final List<Condition.Among> audiences = new ArrayList<>();

    /** The table has all of its columns. */
    public RowCondition(Condition condition, TableShape table) {
        this.condition = condition;
        for (int i = 0; i < table.columns().size(); i++) {
            places.put(table.columns().get(i).name(), i);
        }
        this.looked = condition.names().stream().mapToInt(places::get).toArray();
        condition.audiences(audiences::add);
    }

    /** Whether the image alone does not tell. */
    public boolean asksAudience() {
        return !audiences.isEmpty();
    }

    /** Whether the audiences that are asked for are among these, by their names, as far as nothing else tells. */
    public boolean isKnown(Set<String> names) {
        return audiences.stream().allMatch(audience -> audience.otherwise() != null || names.contains(Condition.Among.name(audience.publication())));
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

    /**
     * As {@link #holds(RowImage)}, where the image alone does not tell.
     *
     * @param audience who has the row, by the name that {@link Condition.Among} gives; null where that is not known
     */
    public boolean holds(RowImage image, Function<String, Object> audience) {
        return condition.holds(name -> name.charAt(0) == 0 ? audience.apply(name) : image.value(places.get(name)));
    }
}
