// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import java.util.Map;

/**
 * What one run came to.
 *
 * @param failure     what was violated; null when everything held
 * @param figures     what happened how often; those whose name begins with "at most" are not added up
 * @param hits        where processes ended
 * @param decisions   how many things happened
 * @param fingerprint of everything that was said and done, where the level is exact to the bit
 * @param story       null where nobody asked for it
 */
public record Run(long seed, Throwable failure, Map<String, Long> figures, Hits hits, int decisions, long fingerprint, Story story) {

    boolean isSame(Run other) {
        return fingerprint == other.fingerprint && figures.equals(other.figures) && decisions == other.decisions;
    }
}
