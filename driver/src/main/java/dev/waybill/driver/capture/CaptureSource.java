// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.call.CallDesk;
import dev.waybill.driver.setting.WaybillSettings;
import java.sql.Connection;
import java.sql.SQLException;

/** Opens capture on new connections; handed to the front door. Any thread. */
@FunctionalInterface
public interface CaptureSource {

    /** Everything passes through: for databases without a dialect, and for tests of the proxies alone. */
    CaptureSource PASS_THROUGH = (raw, url, settings, views) -> new PassThroughCapture(raw);

    /**
     * Capture on one new raw connection.
     *
     * @param raw      the real driver's connection, which the result uses but does not own
     * @param url      the real driver's URL
     * @param settings as they stand for this connection
     * @param views    how to show the application only the columns that it asked for
     */
    ConnectionCapture open(Connection raw, String url, WaybillSettings settings, ColumnViews views) throws SQLException;

    /** The same, of connections beside which others can be opened. */
    default CaptureSource besides(CallDesk.Besides more) {
        return (raw, url, settings, views) -> {
            ConnectionCapture capture = open(raw, url, settings, views);
            capture.besides(more);
            return capture;
        };
    }
}
