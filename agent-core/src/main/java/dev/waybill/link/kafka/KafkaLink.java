// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import dev.waybill.link.Link;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** KAFKA. One agent thread at a time. */
final class KafkaLink implements Link {

    private static final System.Logger LOG = System.getLogger(KafkaLink.class.getName());
    private static final Pattern NAME = Pattern.compile("([^/]+)/(\\d{1,9})/([^/]+)/(\\d{1,18})");
    private static final Pattern NAME_OF_PLACE = Pattern.compile("[^/]+/\\d{1,9}");
    private static final int LONGEST_REASON = 2_000;
    /** So often topics that are not there are looked for, and so often whether those that are there are still what they were. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(30);

    private final KafkaOptions options;
    private final int maxMessageBytes;
    private final InstantSource clock;
    private final ThreadFactory threads;
    private final Topics topics;
    private final Sending sending;
    private final Shelves shelves = new Shelves();
    private final Reading reading;
    private final Map<String, String> remembered = new HashMap<>();
    private final Map<String, Topics.Topic> known = new HashMap<>();
    private Set<String> neighbours = Set.of();
    private Instant nextLook = Instant.MIN;
    private Instant nextCheck = Instant.MIN;
    private boolean begun;

    KafkaLink(KafkaOptions options, int maxMessageBytes, InstantSource clock, ThreadFactory threads) {
        this.options = options;
        this.maxMessageBytes = maxMessageBytes;
        this.clock = clock;
        this.threads = threads;
        this.topics = new Topics(options);
        this.sending = new Sending(options, topics);
        this.reading = new Reading(this::consumer, options.address().getBytes(StandardCharsets.UTF_8), maxMessageBytes, shelves);
    }

    private Consumer<byte[], byte[]> consumer() {
        Map<String, Object> settings;
        try {
            settings = options.common();
        } catch (LinkException wrong) {
            throw new KafkaException(wrong.getMessage(), wrong);
        }
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "none");
        settings.put("isolation.level", "read_uncommitted"); // somebody's open transaction must not hold up what comes behind it
        settings.put("allow.auto.create.topics", false);
        settings.put("default.api.timeout.ms", (int) options.within().toMillis());
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** As long as its own topic takes it. */
    @Override
    public int maxMessageBytes() {
        return Math.min(maxMessageBytes, sending.longest());
    }

    @Override
    public void send(String address, byte[] message) throws LinkException {
        sendSoon(address, message);
        flush();
    }

    @Override
    public void sendSoon(String address, byte[] message) throws LinkException {
        sending.begin(KafkaOptions.checked(address), message.clone());
    }

    @Override
    public void flush() throws LinkException {
        sending.finish();
    }

    /** An address that is none was refused to whoever sends there; nothing can come from it. */
    @Override
    public void expect(Set<String> addresses) {
        Set<String> now = new HashSet<>();
        for (String address : addresses) {
            try {
                now.add(options.topic(KafkaOptions.checked(address)));
            } catch (LinkException refused) {
                LOG.log(System.Logger.Level.DEBUG, "nobody is read there", refused);
            }
        }
        forget(shelves.places().stream().filter(place -> !now.contains(place.topic())).toList());
        known.keySet().retainAll(now);
        neighbours = now;
        nextLook = Instant.MIN;
    }

    /** It is not read, and how far it was read is known. */
    private void forget(Collection<TopicPartition> places) {
        remembered.putAll(shelves.reached());
        places.forEach(shelves::forget);
    }

    @Override
    public Map<String, String> reached() {
        Map<String, String> all = new HashMap<>(remembered);
        all.putAll(shelves.reached());
        return all;
    }

    @Override
    public void resume(Map<String, String> reached) {
        reached.forEach((place, text) -> {
            if (NAME_OF_PLACE.matcher(place).matches() && Reached.of(text) != null) {
                remembered.put(place, text);
            }
        });
    }

    @Override
    public List<Arrival> list(int atMost) throws LinkException {
        try {
            begin();
            look();
            if (!shelves.await(topics.end(shelves.places()), options.within())) {
                throw topics.failed("what was written to its topics does not come", null);
            }
        } catch (LinkException failed) {
            nextCheck = Instant.MIN; // perhaps a topic has gone
            throw failed;
        } catch (KafkaException failed) {
            throw topics.failed(failed);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw topics.failed(ended);
        }
        return shelves.lying(atMost).stream().map(found -> new Arrival(name(found), found.message().sizeBytes(), null)).toList();
    }

    private void begin() {
        if (!begun) {
            threads.newThread(reading).start();
            begun = true;
        }
    }

    /** Which topics there are, whether they are still the same, and which of their partitions are to be read. */
    private void look() throws LinkException {
        Instant now = clock.instant();
        boolean check = !now.isBefore(nextCheck);
        Set<String> names = new TreeSet<>(neighbours);
        if (!check) {
            names.removeAll(known.keySet());
        }
        if (names.isEmpty() || !check && now.isBefore(nextLook)) {
            return;
        }
        Map<String, Topics.Topic> found = topics.find(names);
        forget(shelves.places().stream().filter(place -> names.contains(place.topic()) && isGone(place, found.get(place.topic()))).toList());
        known.keySet().removeIf(name -> names.contains(name) && !found.containsKey(name));
        for (Map.Entry<String, Topics.Topic> each : found.entrySet()) {
            meet(each.getKey(), each.getValue());
        }
        reading.someAreMissing(known.size() < neighbours.size());
        nextLook = now.plus(BETWEEN_LOOKS);
        nextCheck = check ? now.plus(BETWEEN_CHECKS) : nextCheck;
    }

    private boolean isGone(TopicPartition place, Topics.Topic topic) {
        return topic == null || !topic.id().equals(shelves.topicId(place));
    }

    private void meet(String name, Topics.Topic topic) throws LinkException {
        if (topic.equals(known.get(name))) {
            return;
        }
        if (!known.containsKey(name) && topics.isCompacted(name)) {
            reading.losses().sayCompacted(name);
        }
        if (remembered.entrySet().removeIf(place -> isOf(name, place.getKey()) && !topic.id().equals(Reached.of(place.getValue()).topicId()))) {
            reading.losses().sayMadeAnew(name);
        }
        Set<TopicPartition> places = placesIn(name, topic);
        Map<TopicPartition, Long> begin = topics.begin(places);
        Map<TopicPartition, Long> end = topics.end(places);
        for (TopicPartition place : places) {
            if (shelves.topicId(place) == null && begin.containsKey(place) && end.containsKey(place)) {
                shelves.read(place, topic.id(), reading.losses().from(place, Reached.of(remembered.get(Reached.name(place))), begin.get(place), end.get(place)));
            }
        }
        known.put(name, topic);
    }

    /** The one where its writer puts what is for us, and those where he did when the topic had fewer. */
    private Set<TopicPartition> placesIn(String name, Topics.Topic topic) {
        Set<TopicPartition> places = remembered.keySet().stream().filter(place -> isOf(name, place)).map(place -> Integer.parseInt(place.substring(name.length() + 1)))
                .filter(partition -> partition < topic.partitions()).map(partition -> new TopicPartition(name, partition)).collect(Collectors.toSet());
        shelves.places().stream().filter(place -> place.topic().equals(name) && place.partition() < topic.partitions()).forEach(places::add);
        places.add(new TopicPartition(name, Topics.partitionOf(options.address(), topic.partitions())));
        return places;
    }

    private static boolean isOf(String topic, String place) {
        return place.startsWith(topic + "/");
    }

    private static String name(Shelves.Found found) {
        return found.place().topic() + "/" + found.place().partition() + "/" + found.topicId() + "/" + found.message().offset();
    }

    /** A place in a partition, as {@link #name} has it. */
    private record Place(TopicPartition partition, String topicId, long offset) {

        static Place of(Arrival arrival) {
            Matcher name = NAME.matcher(arrival.name());
            if (!name.matches()) {
                throw new IllegalArgumentException("no name of a message here: " + arrival.name());
            }
            return new Place(new TopicPartition(name.group(1), Integer.parseInt(name.group(2))), name.group(3), Long.parseLong(name.group(4)));
        }
    }

    @Override
    public byte[] read(Arrival arrival) throws LinkException {
        Place place = Place.of(arrival);
        try {
            return shelves.content(place.partition(), place.topicId(), place.offset(), options.within());
        } catch (KafkaException failed) {
            throw topics.failed(failed);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw topics.failed(ended);
        }
    }

    @Override
    public void delete(Arrival arrival) {
        Place place = Place.of(arrival);
        shelves.delete(place.partition(), place.topicId(), place.offset());
    }

    @Override
    public void quarantine(Arrival arrival, String reason) throws LinkException {
        byte[] message = read(arrival);
        if (message != null) {
            sending.putAside(message, arrival.name(), reason.substring(0, Math.min(LONGEST_REASON, reason.length())));
            delete(arrival);
        }
    }

    @Override
    public List<String> losses() {
        return reading.losses().said();
    }

    @Override
    public void onArrival(Runnable wake) {
        reading.onArrival(wake);
    }

    @Override
    public void close() {
        shelves.close();
        sending.close();
        topics.close();
    }
}
