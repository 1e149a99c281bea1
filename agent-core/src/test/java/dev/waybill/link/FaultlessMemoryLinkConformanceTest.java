// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.util.Random;

class FaultlessMemoryLinkConformanceTest extends MemoryLinkConformanceTest {

    @Override
    Link open(String ownAddress) {
        return new FaultyLink(super.open(ownAddress), FaultyLink.Rates.NONE, new Random(1), FaultyLink.FaultHandler.NONE);
    }
}
