// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

/** How changes of a table that is published here are taken from a neighbour. */
enum Mode {
    /** He does not get the table from here: what cannot be performed exactly is not performed. */
    STRICT,
    /** He is below, and gets it from here: this database decides what the row comes to be. */
    DECIDES,
    /** He is above, and gets it from here: what he says overwrites what is here. */
    OVERWRITTEN
}
