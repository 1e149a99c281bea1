// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.journal.LogOffset;
import java.time.Instant;

/**
 * What is kept about a neighbour besides the states of the two machines: for people, and for cutting messages to what it can receive. Nothing is wrong when the last of it is lost in a crash.
 *
 * @param headReceived    head of its journal, as last heard
 * @param headTime        when it said so, by its clock
 * @param maxMessageBytes longest message that it can receive; 0 when not heard
 */
record Heard(LogOffset headReceived, Instant headTime, int maxMessageBytes, Instant timeSent, Instant timeReceived, int sendCount, int receiveCount) {

    Heard withSent(Instant at) {
        return new Heard(headReceived, headTime, maxMessageBytes, at, timeReceived, sendCount + 1, receiveCount);
    }

    Heard withReceived(LogOffset head, Instant said, int limit, Instant at) {
        boolean newer = headTime == null || !said.isBefore(headTime);
        return new Heard(newer ? head : headReceived, newer ? said : headTime, limit, timeSent, at, sendCount, receiveCount + 1);
    }
}
