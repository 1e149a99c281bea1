// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table of text with aligned columns; numbers to the right, NULL as a dash, control characters made visible, long values shortened. One thread. */
final class TextTable {

    private static final int MAX_WIDTH = 60;

    private final String[] head;
    private final List<String[]> rows = new ArrayList<>();

    TextTable(String... head) {
        this.head = head.clone();
    }

    void row(String... cells) {
        rows.add(Arrays.stream(cells).map(TextTable::printable).toArray(String[]::new));
    }

    void print(PrintStream out) {
        int[] widths = new int[head.length];
        boolean[] numeric = new boolean[head.length];
        for (int i = 0; i < head.length; i++) {
            int column = i;
            widths[i] = Math.max(head[i].length(), rows.stream().mapToInt(row -> row[column].length()).max().orElse(0));
            numeric[i] = !rows.isEmpty() && rows.stream().allMatch(row -> row[column].equals("-") || row[column].matches("[-+]?[0-9][0-9,.]*"));
        }
        out.println(line(head, widths, numeric));
        out.println(line(Arrays.stream(widths).mapToObj("─"::repeat).toArray(String[]::new), widths, numeric));
        rows.forEach(row -> out.println(line(row, widths, numeric)));
    }

    private static String line(String[] cells, int[] widths, boolean[] numeric) {
        var text = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String padding = " ".repeat(widths[i] - cells[i].length());
            text.append(i == 0 ? "" : "  ").append(numeric[i] ? padding + cells[i] : cells[i] + padding);
        }
        return text.toString().stripTrailing();
    }

    private static String printable(String cell) {
        if (cell == null) {
            return "-";
        }
        String plain = cell.replaceAll("\\p{Cntrl}", "·");
        return plain.length() > MAX_WIDTH ? plain.substring(0, MAX_WIDTH - 1) + "…" : plain;
    }
}
