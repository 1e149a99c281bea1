// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.setting;

/** {@code waybill.agent}: whether a message agent runs beside the application. */
public enum AgentMode {
    /** One daemon thread for each database, by lease, from the first connection to a database that has a publisher; never for read-only connections. */
    AUTO,
    /** None; somebody runs {@code waybill agent}. */
    OFF
}
