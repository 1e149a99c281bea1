// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

/** From the head office to a remote, which fetches. */
class HttpLinkConformanceTest extends HttpConformance {

    HttpLinkConformanceTest() {
        super("hq");
    }
}
