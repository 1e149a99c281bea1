// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;

/** The receiving end of one stream, as a function from (state, event) to (state, actions). Its rules are on the package page. Immutable; any thread. */
public final class Receiver {

    private final Address address;
    private final BackOff backOff;

    /**
     * @param sender        publisher from whom this stream comes
     * @param me            my publisher
     * @param myIncarnation of my catalogue
     */
    public Receiver(String sender, String me, UUID myIncarnation, DeliverySettings settings) {
        this.address = new Address(sender, me, myIncarnation);
        this.backOff = new BackOff(settings, myIncarnation);
    }

    /** One step. */
    public Step<ReceiverState, ReceiverAction> step(ReceiverState state, ReceiverEvent event) {
        ReceiverTurn turn = new ReceiverTurn(state, event.now(), backOff);
        if (event instanceof ReceiverEvent.Arrived arrived) {
            new Arrival(turn, address).take(arrived.ref(), arrived.envelope(), arrived.bodyBytes());
        } else if (event instanceof ReceiverEvent.ArrivedUnfit arrived) {
            unfit(turn, arrived);
        } else if (event instanceof ReceiverEvent.PartStaged staged) {
            new Arrival(turn, address).staged(staged.ref(), staged.envelope(), staged.bodyBytes());
        } else if (event instanceof ReceiverEvent.Applied applied) {
            new Progress(turn).applied(applied.position());
        } else if (event instanceof ReceiverEvent.ApplyFailed failed) {
            new Progress(turn).failed(failed);
        } else if (event instanceof ReceiverEvent.PollEnded) {
            new Progress(turn).pollEnded();
        } else if (event instanceof ReceiverEvent.Started) {
            started(turn);
        } else if (event instanceof ReceiverEvent.Spoke spoke) {
            turn.confirmed(spoke.confirmed());
        } else if (event instanceof ReceiverEvent.Resume) {
            turn.activate();
        } else if (event instanceof ReceiverEvent.Adopt adopt) {
            turn.forget(adopt.incarnation());
            turn.act(new ReceiverAction.TellSender(new SenderEvent.PeerKnown(adopt.incarnation())));
        } else if (event instanceof ReceiverEvent.LinkLost) {
            turn.storedNew = true; // R4: a poll that saw nothing because the link is away is not an empty poll
        }
        turn.timers();
        return turn.end();
    }

    /** Whether this message is known and waits on the link for its turn: it need not be read again. */
    public static boolean holds(ReceiverState state, String ref) {
        for (ReceiverState.Held held : state.passing().held()) {
            if (held.ref().equals(ref)) {
                return true;
            }
        }
        return false;
    }

    /** When the next {@link ReceiverEvent.Tick} or {@link ReceiverEvent.PollEnded} can matter; null when only arrivals can. */
    public Instant wakeAt(ReceiverState state) {
        ReceiverState.Passing passing = state.passing();
        Instant patienceEnds = passing.missingSince() == null || passing.asked() != null ? null
                : later(passing.renewedAt().plus(backOff.settings().patience()), passing.askNotBefore()); // the back-off too, or the agent would poll in a circle until it ends
        Instant repeatAt = passing.asked() == null ? null : passing.asked().nextAt();
        return Stream.of(passing.confirmAt(), repeatAt, passing.retryAt(), patienceEnds).filter(instant -> instant != null).min(Instant::compareTo).orElse(null);
    }

    private static Instant later(Instant one, Instant otherOrNull) {
        return otherOrNull == null || one.isAfter(otherOrNull) ? one : otherOrNull;
    }

    private static void started(ReceiverTurn turn) {
        if (turn.incarnation == null) {
            return;
        }
        if (turn.rereceiveCount > 0) {
            turn.repeatLater(); // R5: whether the last request arrived was forgotten; hello repeats it at once, and this later
        }
        if (!turn.confirmed.equals(turn.offset)) {
            turn.confirmSoon();
        }
        turn.dropApplied();
        if (turn.stream > 0) {
            turn.act(new ReceiverAction.DropStaged(turn.offset, turn.stream)); // R11: it may have ended right after the stream began anew
        }
    }

    private static void unfit(ReceiverTurn turn, ReceiverEvent.ArrivedUnfit arrived) {
        if (arrived.unfit() == ReceiverEvent.Unfit.CORRUPT) {
            turn.act(new ReceiverAction.Quarantine(arrived.ref(), arrived.reason())); // R7: then as if lost
            return;
        }
        if (arrived.unfit() != ReceiverEvent.Unfit.OVERSIZE && arrived.unfit() != ReceiverEvent.Unfit.TOO_NEW) {
            turn.act(new ReceiverAction.Quarantine(arrived.ref(), arrived.reason()));
            turn.halt(arrived.reason()); // R7: if it was of the chain it is missing now, and asked for more and more rarely; if anybody forged it, nothing else is changed by it
            return;
        }
        turn.act(new ReceiverAction.Keep(arrived.ref(), arrived.reason()));
        turn.missingSince = null; // R7: asking again would bring the same, so patience does not count while it lies there
        turn.halt(arrived.reason());
    }
}
