// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.util.List;

class MemoryLinkConformanceTest extends LinkConformance {

    private final MemoryLink.PostOffice office = new MemoryLink.PostOffice();

    @Override
    Link open(String ownAddress) {
        return new MemoryLink(office, ownAddress, MAX);
    }

    @Override
    List<String> quarantineReasons(String ownAddress) {
        return new MemoryLink(office, ownAddress, MAX).quarantined();
    }
}
