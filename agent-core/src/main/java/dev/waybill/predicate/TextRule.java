// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

/**
 * How a database compares the text of one column, as far as it is known for certain. Immutable.
 *
 * @param ending what spaces at the end mean when two texts are compared
 * @param order  by what texts are ordered; {@link Units#UNKNOWN} where only equality is known
 * @param like   what {@code _} stands for in a pattern; {@link Units#UNKNOWN} where LIKE is something else than exact
 */
public record TextRule(Ending ending, Units order, Units like) {

    private static final int WIDTH = 3;

    /** What spaces at the end mean. */
    public enum Ending {
        /** As much as any other character. */
        COUNT,
        /** Nothing: both texts are compared without them. */
        DROPPED,
        /** The shorter text is compared as if it were filled with them. */
        FILLED
    }

    /** Of what texts are made. */
    public enum Units {
        UNKNOWN,
        /** Java's characters: those beyond U+FFFF are two. */
        CHARACTERS,
        CODE_POINTS
    }

    /** A byte that stands for it. */
    int code() {
        return ending.ordinal() + WIDTH * (order.ordinal() + WIDTH * like.ordinal());
    }

    /** @return null for a byte that stands for none */
    static TextRule of(int code) {
        return code < 0 || code >= WIDTH * WIDTH * WIDTH ? null
                : new TextRule(Ending.values()[code % WIDTH], Units.values()[code / WIDTH % WIDTH], Units.values()[code / WIDTH / WIDTH]);
    }
}
