// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link;
import dev.waybill.link.LinkFactory;
import dev.waybill.publication.MessageType;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The links of one agent by message type, as the catalogue says now. What does not work is left alone for a while that doubles, up to a bound; everything else goes on. One thread.
 */
final class AgentLinks implements AutoCloseable {

    private static final Duration REST_FIRST = Duration.ofMillis(100);
    private static final Duration REST_AT_MOST = Duration.ofSeconds(10);

    private final LinkFactory factory;
    private final int maxMessageBytes;
    private final Runnable wake;
    private final Map<MessageType, Link> links = new LinkedHashMap<>();
    private final Map<String, Rest> rests = new HashMap<>();
    private List<MessageType> wanted = List.of();
    private Map<String, Set<String>> addresses = Map.of();
    private Map<String, Map<String, String>> reached = Map.of();

    AgentLinks(LinkFactory factory, int maxMessageBytes, Runnable wake) {
        this.factory = factory;
        this.maxMessageBytes = maxMessageBytes;
        this.wake = wake;
    }

    /**
     * From now on these ways are used; what has changed is closed, and opened anew when it is next needed.
     *
     * @param addresses of the neighbours, by message type
     * @param reached   how far was read by those that are opened from now on, by message type
     */
    void use(List<MessageType> types, Map<String, Set<String>> addresses, Map<String, Map<String, String>> reached) {
        wanted = List.copyOf(types);
        this.addresses = addresses;
        this.reached = reached;
        links.entrySet().removeIf(entry -> {
            boolean gone = !wanted.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        links.forEach((type, link) -> link.expect(addresses.getOrDefault(type.name(), Set.of())));
        rests.clear();
    }

    /** The link of this type. */
    Link of(String typeName) throws Link.LinkException {
        for (MessageType type : wanted) {
            if (type.name().equals(typeName)) {
                return opened(type);
            }
        }
        throw new Link.LinkException(WaybillError.LINK_UNDEFINED.with(typeName).getMessage(), null);
    }

    private Link opened(MessageType type) throws Link.LinkException {
        Link link = links.get(type);
        if (link == null) {
            link = factory.open(type, maxMessageBytes);
            link.onArrival(wake);
            link.expect(addresses.getOrDefault(type.name(), Set.of()));
            link.resume(reached.getOrDefault(type.name(), Map.of()));
            links.put(type, link);
        }
        return link;
    }

    /** How far was read, by message type. */
    Map<String, Map<String, String>> reached() {
        Map<String, Map<String, String>> all = new HashMap<>();
        links.forEach((type, link) -> all.put(type.name(), link.reached()));
        return all;
    }

    /** What goes by what was read is closed: how far that was, the database says, and another agent may have gone on meanwhile. */
    void forget() {
        links.values().removeIf(link -> {
            boolean remembers = !link.reached().isEmpty();
            if (remembers) {
                link.close();
            }
            return remembers;
        });
    }

    /** What was sent by any of them is on disk. */
    void flush() throws Link.LinkException {
        for (Link link : links.values()) {
            link.flush();
        }
    }

    /** Whether what failed under this name is still to be left alone. */
    boolean isResting(String name, Instant now) {
        Rest rest = rests.get(name);
        return rest != null && now.isBefore(rest.until());
    }

    /** It failed. */
    void failed(String name, Instant now) {
        Rest before = rests.get(name);
        Duration length = before == null ? REST_FIRST : before.length().multipliedBy(2);
        Duration bounded = length.compareTo(REST_AT_MOST) > 0 ? REST_AT_MOST : length;
        rests.put(name, new Rest(bounded, now.plus(bounded)));
    }

    /** It worked. */
    void worked(String name) {
        rests.remove(name);
    }

    @Override
    public void close() {
        links.values().forEach(Link::close);
        links.clear();
    }

    private record Rest(Duration length, Instant until) {}
}
