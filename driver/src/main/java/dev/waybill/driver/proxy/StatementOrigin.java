// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import dev.waybill.driver.capture.ConnectionCapture.PlainWork;

/** What a plain statement of ours knows besides its delegate. */
public record StatementOrigin(ConnectionPolicy connection, PlainWork work) {}
