// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link;
import dev.waybill.link.Link.LinkException;
import dev.waybill.link.LinkFactory;
import dev.waybill.publication.MessageType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;

/** Opens KAFKA by the options of the type; with {@link KafkaOptions} the only class here that can be loaded where Kafka's client is missing. Any thread. */
public final class KafkaLinks implements LinkFactory {

    private static final String ARTIFACT = "org.apache.kafka:kafka-clients:4.3.1 (with org.slf4j:slf4j-api:2.0.20)";
    private static final Duration USUALLY_WITHIN = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final ThreadFactory threads;
    private final Duration within;

    public KafkaLinks(InstantSource clock, ThreadFactory threads) {
        this(clock, threads, USUALLY_WITHIN);
    }

    /** @param within longest time of a request */
    public KafkaLinks(InstantSource clock, ThreadFactory threads, Duration within) {
        this.clock = clock;
        this.threads = threads;
        this.within = within;
    }

    @Override
    public Link open(MessageType type, int maxMessageBytes) throws LinkException {
        KafkaOptions options = KafkaOptions.of(type, within);
        try {
            return new KafkaLink(options, maxMessageBytes, clock, threads);
        } catch (NoClassDefFoundError missing) {
            throw new LinkException(WaybillError.LINK_MODULE.with(type.name(), ARTIFACT).getMessage(), missing);
        }
    }
}
