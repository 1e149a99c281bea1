// SPDX-License-Identifier: Apache-2.0
/**
 * The settings {@code waybill.*} as values: what each is called, what it means, which texts it takes, what applies when nothing is said.
 *
 * <p><b>Guarantee.</b> A text that is none of those that a setting takes is refused with the setting's name and what it takes; nothing is guessed.
 *
 * <p><b>How.</b>
 * <pre>
 *   texts by name ({@code driver.SettingTexts}: properties, system properties, a file) ─► {@link dev.waybill.driver.setting.WaybillSettings#of} ─► one value for one connection
 *   {@link dev.waybill.driver.setting.Setting} ─► names, defaults, choices and descriptions, for tools that ask the driver for them
 * </pre>
 *
 * <p><b>Decisions.</b> Times and sizes have units in their texts ({@link dev.waybill.driver.setting.DurationText}, {@link dev.waybill.driver.setting.BytesText}), which the command line shares. Where texts come from is the front door's.
 */
package dev.waybill.driver.setting;
