// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** All that every link promises, by Postfix and Dovecot, with STARTTLS and IMAP. */
@Tag("mail-servers")
class PostfixAndDovecotConformanceTest extends LinkConformance {

    @TempDir
    static Path temp;
    static PostfixAndDovecot servers;

    @BeforeAll
    static void start() throws Exception {
        servers = PostfixAndDovecot.start(temp, 400_000);
    }

    @AfterAll
    static void stop() throws Exception {
        if (servers != null) {
            servers.close();
        }
    }

    /** One pair of servers for all tests: each begins with empty mailboxes. */
    @BeforeEach
    @Override
    void openBoth() throws Exception {
        super.openBoth();
        for (Link link : List.of(hq, branch)) {
            for (Link.Arrival arrival : link.list(1_000)) {
                link.delete(arrival);
            }
        }
    }

    @Override
    Link open(String ownAddress) throws Exception {
        return servers.link(servers.options(ownAddress), ownAddress, MAX);
    }

    @Override
    int many() {
        return 12;
    }

    @Override
    List<String> quarantineReasons(String ownAddress) {
        return servers.mails(ownAddress, ".Waybill quarantine").stream().filter(mail -> mail.contains("Put aside")).toList();
    }
}
