// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.change.MalformedException;
import dev.waybill.link.Link;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import java.sql.SQLException;
import java.util.List;

/** Stands between agents and their mailboxes, and makes out of a message what an agent without one of the rules would make of it. This one does nothing. One thread. */
class Meddler extends Saboteur {

    private static final MessageCodec CODEC = new MessageCodec(MessageBounds.of(1 << 20));

    /** What is said instead; null for nothing. */
    Message says(WholeNode own, Message message) throws SQLException {
        return message;
    }

    /** What is heard instead. */
    Message hears(WholeNode own, Message message) throws SQLException {
        return message;
    }

    /** What is heard instead of bytes that are no message. */
    byte[] hearsNoise(byte[] bytes) {
        return bytes;
    }

    @Override
    public final Link link(NodeWorld world, String own, Link sound) {
        return new Meddled(world, own, sound);
    }

    private final class Meddled implements Link {
        private final NodeWorld world;
        private final String own;
        private final Link sound;

        Meddled(NodeWorld world, String own, Link sound) {
            this.world = world;
            this.own = own;
            this.sound = sound;
        }

        private interface Change {
            Message of(WholeNode own, Message message) throws SQLException;
        }

        private byte[] changed(byte[] bytes, Change change) {
            try {
                Message before = CODEC.decode(bytes);
                Message after = change.of(world.node(own), before);
                return after == null ? null : after == before ? bytes : CODEC.encode(after, List.of(MessageCodec.DEFLATE));
            } catch (MalformedException noise) {
                return hearsNoise(bytes);
            } catch (SQLException unexpected) {
                throw new IllegalStateException(unexpected);
            }
        }

        @Override
        public int maxMessageBytes() {
            return sound.maxMessageBytes();
        }

        @Override
        public void send(String address, byte[] message) throws LinkException {
            byte[] said = changed(message, Meddler.this::says);
            if (said != null) {
                sound.send(address, said);
            }
        }

        @Override
        public List<Arrival> list(int atMost) throws LinkException {
            return sound.list(atMost);
        }

        @Override
        public byte[] read(Arrival arrival) throws LinkException {
            byte[] bytes = sound.read(arrival);
            return bytes == null ? null : changed(bytes, Meddler.this::hears);
        }

        @Override
        public void delete(Arrival arrival) throws LinkException {
            sound.delete(arrival);
        }

        @Override
        public void quarantine(Arrival arrival, String reason) throws LinkException {
            sound.quarantine(arrival, reason);
        }

        @Override
        public void onArrival(Runnable wake) {
            sound.onArrival(wake);
        }

        @Override
        public void close() {
            sound.close();
        }
    }
}
