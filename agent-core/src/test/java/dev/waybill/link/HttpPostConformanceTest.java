// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

/** From a remote, which posts, to the head office: here that is branch. */
class HttpPostConformanceTest extends HttpConformance {

    HttpPostConformanceTest() {
        super("branch");
    }
}
