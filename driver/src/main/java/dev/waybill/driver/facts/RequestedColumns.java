// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Which columns a statement asks the generated-keys channel for: what the application wants first, then what capture needs. Immutable (its arrays are never written to); any thread.
 *
 * <p>H2 gives the keys of one execution column by column as asked for; those of a batch it merges, and columns of one name become one there.
 */
public final class RequestedColumns {

    private final String[] names;
    private final boolean application;
    private final int[] shown;
    private final int[] captured;
    private final int[] shownOfBatch;
    private final int[] capturedOfBatch;

    private RequestedColumns(String[] names, int wanted, boolean application, CapturedTable table) {
        this.names = names;
        this.application = application;
        this.shown = IntStream.rangeClosed(1, wanted).toArray();
        List<String> kept = Arrays.stream(names).map(name -> kept(name, table)).toList();
        List<String> merged = kept.stream().distinct().toList();
        this.captured = positions(table, kept);
        this.capturedOfBatch = positions(table, merged);
        this.shownOfBatch = kept.subList(0, wanted).stream().distinct().mapToInt(name -> merged.indexOf(name) + 1).toArray();
    }

    /** For an application that asked for no keys. */
    public static RequestedColumns captured(CapturedTable table) {
        return new RequestedColumns(table.taken(), 0, false, table);
    }

    /**
     * For an application that asked for these.
     *
     * @param names as it wrote them, or as its indexes stand for
     */
    public static RequestedColumns of(List<String> names, CapturedTable table) {
        List<String> all = new ArrayList<>(names);
        List<String> kept = names.stream().map(name -> kept(name, table)).toList();
        Arrays.stream(table.taken()).filter(name -> !kept.contains(name)).forEach(all::add);
        return new RequestedColumns(all.toArray(String[]::new), names.size(), true, table);
    }

    /** By index as H2 names a column that is not there, so that its own error comes. */
    public static List<String> names(int[] indexes, CapturedTable table) {
        List<String> columns = table.columns();
        return Arrays.stream(indexes).mapToObj(index -> index >= 1 && index <= columns.size() ? columns.get(index - 1) : "Index: " + index).toList();
    }

    /** What to ask for; not to be written to. */
    public String[] names() {
        return names;
    }

    /** Whether the application asked for keys itself. */
    public boolean isShown() {
        return application;
    }

    /** Positions of what the application asked for, from 1; not to be written to. */
    public int[] shown(boolean batch) {
        return batch ? shownOfBatch : shown;
    }

    /** Positions of the captured columns, from 1, in the order of images, 0 for those that are not asked for; not to be written to. */
    public int[] captured(boolean batch) {
        return batch ? capturedOfBatch : captured;
    }

    /** Whether a statement prepared for the other asks for the same. */
    public boolean isSame(RequestedColumns other) {
        return other == this || other != null && application == other.application && shown.length == other.shown.length && Arrays.equals(names, other.names) && Arrays.equals(captured, other.captured);
    }

    private static int[] positions(CapturedTable table, List<String> columns) {
        return Arrays.stream(table.captured()).mapToInt(name -> columns.indexOf(name) + 1).toArray();
    }

    /** The column that H2 finds under this name: exactly, else in upper, else in lower case, else in any. */
    private static String kept(String name, CapturedTable table) {
        List<String> columns = table.columns();
        if (columns.contains(name)) {
            return name;
        }
        String upper = name.toUpperCase(Locale.ROOT);
        String lower = name.toLowerCase(Locale.ROOT);
        return columns.contains(upper) ? upper : columns.contains(lower) ? lower : columns.stream().filter(name::equalsIgnoreCase).findFirst().orElse(name);
    }
}
