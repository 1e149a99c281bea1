// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.link.Link;

/**
 * A message on one of the agent's links, by the one name that the machines know it by.
 *
 * @param linkName the message type
 * @param arrival  on that link
 */
record Mail(String linkName, Link.Arrival arrival) {

    /** From {@link #ref}: enough to read, delete or put it aside. */
    static Mail of(String ref) {
        int slash = ref.indexOf('/');
        return new Mail(ref.substring(0, slash), new Link.Arrival(ref.substring(slash + 1), -1, null));
    }

    String ref() {
        return linkName + "/" + arrival.name();
    }
}
