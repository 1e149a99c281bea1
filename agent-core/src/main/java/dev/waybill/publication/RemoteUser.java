// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import java.time.Duration;
import java.time.LocalTime;

/**
 * A database directly above ({@code consolidated}) or directly below: its name is its publisher.
 *
 * @param sendEvery of SEND EVERY; zero means as soon as there is something; null when not given
 * @param sendAt    of SEND AT; null when not given. With neither, the agent process runs one batch
 * @param onRequest of SEND ON REQUEST: it is sent to when it asks (REFRESH), and not otherwise
 * @param poison    what is done here with a transaction of its that cannot be applied
 */
public record RemoteUser(String name, boolean consolidated, String messageType, String address, Duration sendEvery, LocalTime sendAt, PoisonPolicy poison, boolean onRequest) {

    /** As granted: HALT. */
    public RemoteUser(String name, boolean consolidated, String messageType, String address, Duration sendEvery, LocalTime sendAt) {
        this(name, consolidated, messageType, address, sendEvery, sendAt, PoisonPolicy.HALT, false);
    }
}
