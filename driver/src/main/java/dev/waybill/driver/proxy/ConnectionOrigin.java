// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import dev.waybill.driver.capture.ConnectionCapture;
import dev.waybill.driver.setting.WaybillSettings;

/**
 * What a connection of ours knows besides its delegate.
 *
 * @param closed to be told when the delegate has been closed
 */
public record ConnectionOrigin(Proxies proxies, ConnectionCapture capture, WaybillSettings settings, Facets facets, Runnable closed) {}
