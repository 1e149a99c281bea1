// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

/**
 * How the application asked for a statement. For result set type, concurrency and holdability 0 means: not given, the driver's own default.
 */
public record StatementOptions(KeyRequest keys, int resultSetType, int resultSetConcurrency, int resultSetHoldability) {

    /** Nothing asked for. */
    public static final StatementOptions PLAIN = new StatementOptions(KeyRequest.NONE, 0, 0, 0);
}
