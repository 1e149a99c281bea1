// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.util.GreenMailUtil;
import java.util.ArrayList;
import java.util.List;

/** The same, fetched by POP3, which tells of no arrivals and has no folder to put things aside. */
class PopLinkConformanceTest extends MailLinkConformanceTest {

    @Override
    Link open(String ownAddress) throws Exception {
        return servers.popLink(ownAddress, MAX);
    }

    @Override
    void arrivalWakesTheReceiver() { }

    @Override
    List<String> quarantineReasons(String ownAddress) throws Exception {
        List<String> reasons = new ArrayList<>();
        for (StoredMessage mail : servers.servers.getManagers().getImapHostManager().getInbox(servers.servers.getManagers().getUserManager().getUser(ownAddress)).getMessages()) {
            reasons.add(GreenMailUtil.getWholeMessage(mail.getMimeMessage()));
        }
        return reasons;
    }
}
