// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

class FileLinkConformanceTest extends LinkConformance {

    @TempDir
    Path root;

    @Override
    Link open(String ownAddress) {
        return new FileLink(root, ownAddress, MAX, InstantSource.system(), new Random(ownAddress.hashCode()), FileLinkTest::daemon);
    }

    @Override
    List<String> quarantineReasons(String ownAddress) throws Exception {
        List<String> reasons = new ArrayList<>();
        try (var files = Files.newDirectoryStream(root.resolve(ownAddress).resolve("quarantine"), "*.reason")) {
            for (Path file : files) {
                reasons.add(Files.readString(file));
            }
        }
        return reasons;
    }
}
