// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.change.MalformedException;
import dev.waybill.delivery.ReceiverAction;
import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.link.Link.LinkException;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Does what receivers want done. Their states are on record before. One thread. */
final class Incoming {

    private static final System.Logger LOG = System.getLogger(Incoming.class.getName());
    private static final int PARTS_IN_ONE_COMMIT = 100;

    private final AgentDatabase database;
    private final Inbox inbox;
    private final Staging staging;
    private final Applying applying;
    private final Deletions deletions;
    private final Speech speech;
    private final Confirming confirming;
    private final Troubles troubles;
    private final AgentEvents events;
    private final InstantSource clock;
    private final Map<MessageKind, Routed> routes;

    /** Takes messages of a kind that stands outside of the stream. When it returns they may go: what they were to cause is on record, or will be said again by whoever said it. */
    interface Routed {

        /** @throws MalformedException it cannot be read: it is put aside */
        void take(Neighbour from, Message message) throws SQLException, MalformedException;
    }

    Incoming(AgentDatabase database, Inbox inbox, Staging staging, Applying applying, Deletions deletions, Speech speech, Confirming confirming, Troubles troubles, AgentEvents events, InstantSource clock, Map<MessageKind, Routed> routes) {
        this.database = database;
        this.inbox = inbox;
        this.staging = staging;
        this.applying = applying;
        this.deletions = deletions;
        this.speech = speech;
        this.confirming = confirming;
        this.troubles = troubles;
        this.events = events;
        this.clock = clock;
        this.routes = Map.copyOf(routes);
    }

    /** A statement has changed the catalogue. */
    void catalogueChanged() {
        applying.catalogueChanged();
    }

    /** Does it and tells the neighbour what came of it, where its machine wants to know. */
    void perform(Neighbour from, ReceiverAction action) throws SQLException, LinkException {
        if (action instanceof ReceiverAction.Apply apply) {
            applying.perform(from, apply);
        } else if (action instanceof ReceiverAction.StagePart part) {
            stage(from, part);
        } else if (action instanceof ReceiverAction.Delete delete) {
            deletions.add(delete.ref(), delete.why());
        } else if (action instanceof ReceiverAction.DropStaged drop) {
            change(DurableStep.TRIM, raw -> staging.dropBefore(raw, from.name(), drop.before(), drop.stream()));
        } else if (action instanceof ReceiverAction.DropGroup drop) {
            change(DurableStep.TRIM, raw -> staging.drop(raw, from.name(), drop.prev(), drop.cut()));
        } else if (action instanceof ReceiverAction.Quarantine quarantine) {
            inbox.putAside(Mail.of(quarantine.ref()), from.name(), quarantine.reason());
        } else if (action instanceof ReceiverAction.Route route) {
            route(from, route);
        } else {
            say(from, action);
        }
    }

    private void route(Neighbour from, ReceiverAction.Route route) throws SQLException, LinkException {
        Routed room = routes.get(route.envelope().kind());
        if (room == null) {
            inbox.putAside(Mail.of(route.ref()), from.name(), "Messages of kind " + route.envelope().kind() + " are not understood by this version.");
            return;
        }
        try {
            Message message = inbox.read(route.ref());
            if (message != null) {
                room.take(from, message);
                deletions.add(route.ref(), route.envelope().kind() + ", taken");
            }
        } catch (MalformedException unreadable) {
            inbox.putAside(Mail.of(route.ref()), from.name(), unreadable.getMessage());
        }
    }

    private void say(Neighbour from, ReceiverAction action) throws SQLException {
        if (action instanceof ReceiverAction.Confirm) {
            confirming.confirm(from);
        } else if (action instanceof ReceiverAction.AskAgain ask) {
            events.resendAsked(from.name(), ask.epoch(), ask.from().offset());
            speech.askAgain(from, ask);
        } else if (action instanceof ReceiverAction.Halt halt) {
            troubles.begun(from.name(), "HALTED", halt.reason());
        } else if (action instanceof ReceiverAction.SplitHistory split) {
            troubles.begun(from.name(), "SPLIT_HISTORY", split.reason());
        } else if (action instanceof ReceiverAction.BeganAnew anew) {
            LOG.log(System.Logger.Level.INFO, "What {0} sends begins anew after its offset {1}, as stream {2}; what it sent before is void.", from.name(), anew.base().offset(), anew.stream());
        } else if (action instanceof ReceiverAction.Keep keep) {
            LOG.log(System.Logger.Level.TRACE, () -> keep.ref() + " stays on the link: " + keep.why());
        }
    }

    private interface Change {
        void on(Connection raw) throws SQLException;
    }

    private void change(DurableStep step, Change change) throws SQLException {
        database.<Void>transact(step, raw -> {
            change.on(raw);
            return null;
        });
    }

    /** Parts that follow one another are stored in one commit. */
    private void stage(Neighbour from, ReceiverAction.StagePart first) throws SQLException, LinkException {
        List<ReceiverAction.StagePart> parts = new ArrayList<>(List.of(first));
        while (parts.size() < PARTS_IN_ONE_COMMIT && from.peek() instanceof Neighbour.Task.ForReceiver next && next.action() instanceof ReceiverAction.StagePart part) {
            parts.add(part);
            from.next();
        }
        List<ReceiverAction.StagePart> stored = new ArrayList<>();
        List<Message> messages = new ArrayList<>();
        for (ReceiverAction.StagePart part : parts) {
            Message message = read(part);
            if (message != null) {
                stored.add(part);
                messages.add(message);
            }
        }
        change(DurableStep.STAGE_PART, raw -> {
            for (Message message : messages) {
                staging.store(raw, from.name(), message);
            }
        });
        stored.forEach(part -> from.tell(new ReceiverEvent.PartStaged(part.ref(), part.envelope(), part.bodyBytes(), clock.instant())));
    }

    /** The part as it was announced; null when it has gone or is another now, which counts as lost. */
    private Message read(ReceiverAction.StagePart part) throws LinkException, SQLException {
        try {
            Message message = inbox.read(part.ref());
            Envelope announced = part.envelope();
            return message == null || !message.envelope().equals(announced) ? null : message;
        } catch (MalformedException changed) {
            inbox.putAside(Mail.of(part.ref()), part.envelope().sender(), changed.getMessage());
            return null;
        }
    }
}
