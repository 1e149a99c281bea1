// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.journal.LogOffset;
import dev.waybill.message.BodyFrame;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that was ever said to one subscriber, whether it arrived or not, in any epoch: each log offset has one content. Said again, it must be equal; left out of a message that covers it, it must never have been said.
 * One sender's present history, one thread.
 */
final class Said {

    private final MessageCodec codec = new MessageCodec(MessageBounds.of(1 << 20));
    private final TreeMap<LogOffset, Integer> contents = new TreeMap<>();
    private final List<MessageHeader> messages = new ArrayList<>();
    private final Map<String, TreeMap<Integer, byte[]>> groups = new HashMap<>();
    private LogOffset begun = LogOffset.ZERO;

    /**
     * A message leaves.
     *
     * @param begunAt nothing at or before this offset is owed any more
     */
    void message(byte[] bytes, long begunAt) throws IOException {
        begun = new LogOffset(begunAt);
        contents.headMap(begun, true).clear();
        Message message = codec.decode(bytes);
        MessageHeader header = message.envelope().header();
        if (message.envelope().kind() != MessageKind.DATA && message.envelope().kind() != MessageKind.SNAPSHOT) {
            return;
        }
        if (header.isWhole()) {
            TreeMap<LogOffset, Integer> now = new TreeMap<>();
            for (BodyFrame frame : BodyFrame.of(message.body())) {
                now.put(frame.offset(), Arrays.hashCode(Arrays.copyOfRange(message.body(), frame.start(), frame.start() + (int) frame.length())));
            }
            covers(header, now);
        } else {
            part(message, header);
        }
    }

    private void part(Message message, MessageHeader header) throws IOException {
        TreeMap<Integer, byte[]> parts = groups.computeIfAbsent(header.prev() + " " + message.envelope().part().cut(), none -> new TreeMap<>());
        byte[] before = parts.put(header.sequence(), message.body());
        demand(before == null || Arrays.equals(before, message.body()), "part " + header + " has two contents under one cut");
        if (header.isLastPart() && parts.size() == header.sequence() + 1) { // parts that he has are left out: a history that began meanwhile may never say them
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            parts.values().forEach(whole::writeBytes);
            byte[] body = whole.toByteArray();
            BodyFrame frame = BodyFrame.head(new ByteArrayInputStream(body));
            covers(header, new TreeMap<>(Map.of(frame.offset(), Arrays.hashCode(Arrays.copyOfRange(body, frame.start(), body.length)))));
        }
    }

    private void covers(MessageHeader header, TreeMap<LogOffset, Integer> now) {
        for (LogOffset known : contents.subMap(header.prev(), false, header.last(), true).keySet()) {
            demand(now.containsKey(known), "offset " + known + " was said, and is left out of " + header);
        }
        now.forEach((offset, content) -> {
            demand(offset.isAfter(begun), "offset " + offset + " in " + header + " is not owed any more");
            Integer before = contents.put(offset, content);
            demand(before == null || before.equals(content), "offset " + offset + " has another content in " + header);
            demand(before != null || messages.stream().noneMatch(earlier -> offset.isAfter(earlier.prev()) && !offset.isAfter(earlier.last())), "offset " + offset + " in " + header + " was left out before");
        });
        messages.add(header);
    }

    private static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new CommitHistory.Violation(otherwise);
        }
    }
}
