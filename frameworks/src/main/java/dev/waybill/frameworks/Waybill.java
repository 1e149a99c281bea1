// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

/** The driver, by its names: nothing of it is imported. Stateless; any thread. */
final class Waybill {

    /** What its URLs begin with. */
    static final String PREFIX = "jdbc:waybill:";

    /** Its class. */
    static final String DRIVER = "dev.waybill.driver.WaybillDriver";

    private Waybill() {}

    static boolean isOurs(String url) {
        return url != null && url.startsWith(PREFIX);
    }
}
