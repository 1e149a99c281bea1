// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import dev.waybill.databases.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

@Tag("extended")
class KafkaLinkConformanceTest extends LinkConformance {

    private static KafkaBroker broker;
    private KafkaNetwork network;

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    @Override
    void openBoth() throws Exception {
        network = new KafkaNetwork(broker);
        super.openBoth();
    }

    @Override
    Link open(String ownAddress) throws Exception {
        return network.open(ownAddress, MAX);
    }

    @Override
    List<String> quarantineReasons(String ownAddress) {
        return network.all(network.prefix + ownAddress + ".quarantine").stream().map(record -> new String(record.headers().lastHeader("waybill-reason").value(), StandardCharsets.UTF_8)).toList();
    }
}
