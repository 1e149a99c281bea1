// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.sql.Connection;

/** As what else our connections can be seen by {@code unwrap}: how the front door hangs its typed interface on them. Any thread. */
public interface Facets {

    /** Nothing else. */
    Facets NONE = new Facets() {
        @Override
        public <T> T facet(Class<T> type, Connection connection) {
            return null;
        }
    };

    /** The connection seen as this type, or null. */
    <T> T facet(Class<T> type, Connection connection);
}
