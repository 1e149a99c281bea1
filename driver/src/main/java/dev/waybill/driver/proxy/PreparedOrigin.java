// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import dev.waybill.driver.capture.ConnectionCapture.PreparedWork;

/** What a prepared statement of ours knows besides its delegate; {@code sql} as the application gave it, null when the real driver made the statement for itself. */
public record PreparedOrigin(ConnectionPolicy connection, PreparedWork work, String sql) {}
