// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What every link promises, over HTTP; one of the two ends is the head office. */
abstract class HttpConformance extends LinkConformance {

    @TempDir
    Path temp;
    private final String headOffice;
    private HttpOffice office;

    HttpConformance(String headOffice) {
        this.headOffice = headOffice;
    }

    @BeforeEach
    @Override
    void openBoth() throws Exception {
        office = new HttpOffice(temp, headOffice, MAX + 1_000, 1_000, (name, message) -> true);
        super.openBoth();
    }

    @Override
    Link open(String ownAddress) throws Exception {
        return office.link(ownAddress, MAX);
    }

    @Override
    int many() {
        return 30;
    }

    @Override
    List<String> quarantineReasons(String ownAddress) throws Exception {
        return office.quarantineReasons(ownAddress);
    }

    @AfterEach
    @Override
    void closeBoth() {
        super.closeBoth();
        office.close();
    }
}
