// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.terminal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table of text with aligned columns; numbers to the right, what a terminal would obey made visible, long values shortened. One thread. */
public final class TextTable {

    /** The longest cell, unless another is asked for. */
    public static final int USUAL_WIDTH = 60;

    private final int maxWidth;
    private final String nothing;
    private final String[] head;
    private final List<String[]> rows = new ArrayList<>();

    /** With {@code -} where there is nothing. */
    public static TextTable of(String... head) {
        return new TextTable(USUAL_WIDTH, "-", head);
    }

    /**
     * Empty.
     *
     * @param maxWidth of a cell, in characters
     * @param nothing  what stands for null
     */
    public TextTable(int maxWidth, String nothing, String... head) {
        this.maxWidth = maxWidth;
        this.nothing = nothing;
        this.head = printable(head);
    }

    /** One more row, with as many cells as the head. */
    public void row(String... cells) {
        rows.add(printable(cells));
    }

    /** Whether there is no row. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The whole table. */
    public void print(PrintStream out) {
        int[] widths = new int[head.length];
        boolean[] numeric = new boolean[head.length];
        for (int i = 0; i < head.length; i++) {
            int column = i;
            widths[i] = Math.max(length(head[i]), rows.stream().mapToInt(row -> length(row[column])).max().orElse(0));
            numeric[i] = !rows.isEmpty() && rows.stream().allMatch(row -> row[column].equals(nothing) || row[column].matches("[-+]?[0-9][0-9,.]*"));
        }
        out.println(line(head, widths, numeric));
        out.println(line(Arrays.stream(widths).mapToObj("─"::repeat).toArray(String[]::new), widths, numeric));
        rows.forEach(row -> out.println(line(row, widths, numeric)));
    }

    private static String line(String[] cells, int[] widths, boolean[] numeric) {
        var text = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String padding = " ".repeat(widths[i] - length(cells[i]));
            text.append(i == 0 ? "" : "  ").append(numeric[i] ? padding + cells[i] : cells[i] + padding);
        }
        return text.toString().stripTrailing();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private String[] printable(String[] cells) {
        return Arrays.stream(cells).map(cell -> cell == null ? nothing : printable(cell)).toArray(String[]::new);
    }

    private String printable(String cell) {
        var text = new StringBuilder();
        cell.codePoints().limit(maxWidth + 1L).forEach(c -> text.appendCodePoint(isObeyed(c) ? '·' : c));
        return length(text.toString()) > maxWidth ? text.substring(0, text.offsetByCodePoints(0, maxWidth - 1)) + "…" : text.toString();
    }

    /** Control characters, those that turn the direction of writing, line ends of every kind, halves of characters. */
    private static boolean isObeyed(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> true;
            default -> false;
        };
    }
}
