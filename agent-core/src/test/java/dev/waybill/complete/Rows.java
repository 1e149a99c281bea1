// SPDX-License-Identifier: Apache-2.0
package dev.waybill.complete;

import dev.waybill.change.LargeValue;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A replica in a few lines: changes applied to maps of rows, strictly. */
final class Rows {

    private final Map<String, Map<String, List<String>>> tables = new TreeMap<>();

    /** The rows of a table, by key; values by their content. */
    Map<String, List<String>> of(String table) {
        return tables.computeIfAbsent(table, none -> new TreeMap<>());
    }

    void apply(Change change) throws IOException {
        Map<String, List<String>> rows = of(change.table().qualifiedName());
        switch (change.operation()) {
            case INSERT -> expect(rows.put(key(change.table(), change.after()), row(change.after())) == null, change);
            case UPDATE -> {
                List<String> was = rows.remove(key(change.table(), change.oldKey() == null ? change.after() : change.oldKey()));
                expect(was != null, change);
                List<String> is = row(change.after());
                for (int i = 0; i < is.size(); i++) {
                    is.set(i, change.after().has(i) ? is.get(i) : was.get(i));
                }
                expect(rows.put(key(change.table(), change.after()), is) == null, change);
            }
            case DELETE -> expect(rows.remove(key(change.table(), change.before())) != null, change);
            default -> throw new AssertionError(change);
        }
    }

    private static void expect(boolean claim, Change change) {
        if (!claim) {
            throw new AssertionError("cannot be applied: " + change);
        }
    }

    static String key(TableShape table, RowImage image) throws IOException {
        List<String> row = row(image);
        return table.key().stream().map(row::get).toList().toString();
    }

    static List<String> row(RowImage image) throws IOException {
        List<String> row = new ArrayList<>();
        for (Object value : image.values()) {
            row.add(text(value));
        }
        return row;
    }

    private static String text(Object value) throws IOException {
        if (value instanceof LargeValue large) {
            try (InputStream in = large.open()) {
                byte[] all = in.readAllBytes();
                return all.length + " bytes " + Arrays.hashCode(all);
            }
        } else if (value instanceof byte[] bytes) {
            return bytes.length + " bytes " + Arrays.hashCode(bytes);
        } else if (value instanceof Object[] array) {
            List<String> elements = new ArrayList<>();
            for (Object element : array) {
                elements.add(text(element));
            }
            return elements.toString();
        }
        return value == null ? "NULL" : value.getClass().getSimpleName() + " " + value;
    }
}
