// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What a catalogue statement needs to be carried out. Used by the thread of the connection.
 *
 * @param raw      the real connection
 * @param dialect  of its database
 * @param board    where changes are announced and writers are seen
 * @param clock    for times that people read
 * @param wrote    whether the caller's transaction has written already: then the statement is refused
 * @param patience how long START and SYNCHRONIZE wait for writers that began before the publication came into force
 * @param complete whether the database is to be captured by triggers from now on, if it is not yet: see {@link dev.waybill.complete.CompleteCapture}
 */
public record Administration(Connection raw, Dialect dialect, CatalogueBoard board, InstantSource clock, boolean wrote, Duration patience, boolean complete) {

    /** One that leaves the way in which the database is captured as it is. */
    public Administration(Connection raw, Dialect dialect, CatalogueBoard board, InstantSource clock, boolean wrote, Duration patience) {
        this(raw, dialect, board, clock, wrote, patience, false);
    }

    /** Ten seconds. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(10);
}
