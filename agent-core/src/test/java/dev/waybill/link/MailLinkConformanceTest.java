// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** All that every link promises, by mail; {@link MailLinkTest} is the quick one of its kind. */
@Tag("extended")
class MailLinkConformanceTest extends LinkConformance {

    @TempDir
    Path temp;
    MailServers servers;

    @BeforeEach
    @Override
    void openBoth() throws Exception {
        servers = new MailServers(temp).user("hq").user("branch");
        super.openBoth();
    }

    @Override
    Link open(String ownAddress) throws Exception {
        return servers.link(ownAddress, MAX);
    }

    @Override
    int many() {
        return 12;
    }

    @Override
    List<String> quarantineReasons(String ownAddress) throws Exception {
        ImapHostManager mail = servers.servers.getManagers().getImapHostManager();
        GreenMailUser user = servers.servers.getManagers().getUserManager().getUser(ownAddress);
        MailFolder aside = mail.getFolder(user, "Waybill quarantine");
        List<String> reasons = new ArrayList<>();
        for (StoredMessage message : aside.getMessages()) {
            if (message.getMimeMessage().isMimeType("text/plain")) {
                reasons.add(message.getMimeMessage().getContent().toString());
            }
        }
        return reasons;
    }

    @AfterEach
    @Override
    void closeBoth() {
        super.closeBoth();
        servers.close();
    }
}
