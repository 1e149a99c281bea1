// SPDX-License-Identifier: Apache-2.0
/**
 * The front door: {@code java.sql.Driver}, {@code DataSource}, URL and settings.
 *
 * <p><b>Guarantee.</b> {@code jdbc:waybill:X} connects as {@code jdbc:X} does, with the URL after the prefix untouched, and every call behaves as on the bare driver.
 */
package dev.waybill.driver;
