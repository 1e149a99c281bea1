// SPDX-License-Identifier: Apache-2.0
package dev.waybill.tentative;

/** What becomes of a saved transaction that the database above cannot carry out. What a validator rejects is not an error: it is an answer. */
public enum ErrorMode {
    /** It stops what comes after it, until somebody lets it be tried again or discards it. */
    FAIL,
    /** It stays on record, to be tried again when somebody says so; what comes after it goes on. */
    LOG,
    /** It is left out. */
    IGNORE
}
