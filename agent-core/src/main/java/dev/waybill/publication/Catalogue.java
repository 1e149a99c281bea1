// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import java.util.List;
import java.util.UUID;

/**
 * The whole catalogue at one version, as an immutable value.
 *
 * @param version       grows by one with every change
 * @param incarnation   random id of this database's history
 * @param publisher     the name under which this database sends; null before GRANT PUBLISH
 * @param messageTypes  ways to send, with this database's own addresses and options
 * @param remoteUsers   the databases directly above and below
 * @param publications  what is offered now
 * @param subscriptions who gets what
 */
public record Catalogue(long version, UUID incarnation, String publisher, List<MessageType> messageTypes, List<RemoteUser> remoteUsers,
        List<Publication> publications, List<Subscription> subscriptions) {

    public Catalogue {
        messageTypes = List.copyOf(messageTypes);
        remoteUsers = List.copyOf(remoteUsers);
        publications = List.copyOf(publications);
        subscriptions = List.copyOf(subscriptions);
    }
}
