// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.util.Random;
import org.junit.jupiter.api.Tag;

/** A faulty link that makes no faults is the link inside. */
@Tag("extended")
class FaultlessMailLinkConformanceTest extends MailLinkConformanceTest {

    @Override
    Link open(String ownAddress) throws Exception {
        return new FaultyLink(super.open(ownAddress), FaultyLink.Rates.NONE, new Random(1), FaultyLink.FaultHandler.NONE);
    }
}
