// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import dev.waybill.driver.capture.ConnectionCapture;

/** As what else our connections can be seen by {@code unwrap}: how the front door hangs its typed interface on them. Any thread. */
public interface Facets {

    /** Nothing else. */
    Facets NONE = new Facets() {
        @Override
        public <T> T facet(Class<T> type, ConnectionCapture capture) {
            return null;
        }
    };

    /** The connection with this capture seen as this type, or null. */
    <T> T facet(Class<T> type, ConnectionCapture capture);
}
