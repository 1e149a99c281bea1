// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.setting;

/** {@code waybill.uncaptured}: what happens with a write to a published table that cannot be captured exactly. */
public enum UncapturedPolicy {
    /** It is refused before it does anything. */
    REFUSE,
    /** It runs, is counted, and logged as a warning. */
    WARN,
    /** It runs and is counted. */
    ALLOW
}
