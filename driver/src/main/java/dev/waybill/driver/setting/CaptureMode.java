// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.setting;

/** {@code waybill.capture}: who captures what is written to published tables. The mode is the database's; a connection that does not ask for COMPLETE follows it. */
public enum CaptureMode {
    /** The driver, statement by statement. */
    DRIVER,
    /** Triggers that Waybill makes, whoever writes: see {@link dev.waybill.complete.CompleteCapture}. */
    COMPLETE
}
