// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What the cluster says of topics, and making one's own, by a connection on which no fetch waits. Any thread. */
final class Topics implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Topics.class.getName());

    private final KafkaOptions options;
    private Admin admin;

    Topics(KafkaOptions options) {
        this.options = options;
    }

    /** Where in a topic of so many partitions the messages for this address are: by a hash of our own, which reader and writer have in common. */
    static int partitionOf(String address, int partitions) {
        CRC32 hash = new CRC32();
        hash.update(address.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % partitions);
    }

    /** A topic as it is now; a topic that was made anew has another id. */
    record Topic(String id, int partitions) {}

    /** Those of these that there are, by name. */
    Map<String, Topic> find(Collection<String> names) throws LinkException {
        Map<String, Topic> found = new HashMap<>();
        DescribeTopicsResult result = admin().describeTopics(names);
        for (Map.Entry<String, KafkaFuture<TopicDescription>> each : result.topicNameValues().entrySet()) {
            TopicDescription topic = answer(each.getValue(), UnknownTopicOrPartitionException.class);
            if (topic != null) {
                found.put(each.getKey(), new Topic(topic.topicId().toString(), topic.partitions().size()));
            }
        }
        return found;
    }

    /** Where these begin: nothing before can be read any more. */
    Map<TopicPartition, Long> begin(Collection<TopicPartition> places) throws LinkException {
        return offsets(places, OffsetSpec.earliest());
    }

    /** Where these end: the next message comes there. */
    Map<TopicPartition, Long> end(Collection<TopicPartition> places) throws LinkException {
        return offsets(places, OffsetSpec.latest());
    }

    /** What has gone with its topic meanwhile is left out. */
    private Map<TopicPartition, Long> offsets(Collection<TopicPartition> places, OffsetSpec which) throws LinkException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        if (!places.isEmpty()) {
            var result = admin().listOffsets(places.stream().collect(Collectors.toMap(Function.identity(), place -> which)));
            for (TopicPartition place : places) {
                ListOffsetsResultInfo offset = answer(result.partitionResult(place), UnknownTopicOrPartitionException.class);
                if (offset != null) {
                    offsets.put(place, offset.offset());
                }
            }
        }
        return offsets;
    }

    /**
     * The topic is there from now on.
     *
     * @param more settings besides those that all of ours have: nothing is removed but by age and size, and what is stored is as long as what was sent, so that nobody is sent what unfolds to more
     */
    Topic demand(String name, Map<String, String> more) throws LinkException {
        Topic found = find(List.of(name)).get(name);
        while (found == null) {
            Map<String, String> settings = new HashMap<>(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE, TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed"));
            settings.putAll(more);
            answer(admin().createTopics(List.of(new NewTopic(name, Optional.empty(), Optional.empty()).configs(settings))).all(), TopicExistsException.class);
            found = find(List.of(name)).get(name);
        }
        return found;
    }

    /** The longest record that this topic takes, or what is usual where one may not ask. */
    int longestRecord(String name) throws LinkException {
        String most = setting(name, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        return most == null ? Integer.MAX_VALUE : Integer.parseInt(most);
    }

    /** Whether older messages for somebody are removed when he gets newer ones. */
    boolean isCompacted(String name) throws LinkException {
        String policy = setting(name, TopicConfig.CLEANUP_POLICY_CONFIG);
        return policy != null && policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT);
    }

    /** Null when one may not ask: rights to read settings are seldom given. */
    private String setting(String topic, String name) throws LinkException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = answer(admin().describeConfigs(List.of(resource)).values().get(resource), org.apache.kafka.common.errors.ApiException.class);
        return config == null || config.get(name) == null ? null : config.get(name).value();
    }

    private <T> T answer(KafkaFuture<T> future, Class<? extends KafkaException> nothing) throws LinkException {
        try {
            return future.get(2 * options.within().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            if (nothing.isInstance(failed.getCause())) {
                LOG.log(System.Logger.Level.DEBUG, "an answer that counts as none", failed.getCause());
                return null;
            }
            throw failed(failed.getCause());
        } catch (TimeoutException silent) {
            throw failed(silent);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw failed(ended);
        }
    }

    private synchronized Admin admin() throws LinkException {
        if (admin == null) {
            Map<String, Object> settings = options.common();
            settings.put("default.api.timeout.ms", (int) options.within().toMillis());
            try {
                admin = Admin.create(settings);
            } catch (KafkaException wrong) {
                throw failed(wrong);
            }
        }
        return admin;
    }

    /** The text says what is deepest: the client says around it only that it could not be made. */
    LinkException failed(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        String text = deepest.getMessage() == null ? "" : ": " + deepest.getMessage().strip().replaceAll("\\s+", " ");
        String why = deepest.getClass().getSimpleName().replaceAll("Exception$", "") + text.substring(0, Math.min(500, text.length()));
        return failed(why, cause);
    }

    LinkException failed(String why, Throwable cause) {
        return new LinkException(WaybillError.LINK_BROKER.with(String.join(",", options.servers()), why).getMessage(), cause);
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}
