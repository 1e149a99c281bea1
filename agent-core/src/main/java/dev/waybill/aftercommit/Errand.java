// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

/**
 * For whom a connection works while it runs a job, or a procedure that a neighbour called. Immutable.
 *
 * @param node      who DEFAULT is; null for the consolidated database
 * @param logOffset what runs was said behind this place: of this database's journal for a job, of the neighbour's for a call of his
 * @param called    whether the neighbour called
 */
public record Errand(String node, long logOffset, boolean called) {

    /** An application's own connection. */
    public static final Errand NONE = new Errand(null, 0, false);

    /** What a connection of ours offers beside JDBC to whoever opened it for an errand: {@code connection.unwrap(Errand.Taker.class)}. */
    @FunctionalInterface
    public interface Taker {

        /** From now on it works for this. */
        void on(Errand errand);
    }
}
