// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.util.Map;

/** Where listeners are, as they said it last. Immutable; any thread. */
record AddressBook(Map<Key, String> addresses) {

    /** A listener, and a kind of gateway. */
    record Key(String listener, GatewaySettings.Kind medium) {}

    /** Nobody is known. */
    static final AddressBook EMPTY = new AddressBook(Map.of());

    AddressBook {
        addresses = Map.copyOf(addresses);
    }

    /** Null when it is not known, or did not answer there. */
    String of(String listener, GatewaySettings.Kind medium) {
        return addresses.get(new Key(listener, medium));
    }

    /** Whether it is worth a try. By SYNC always: whoever is not there is noticed at once. */
    boolean mayReach(String listener, GatewaySettings.Kind medium) {
        return medium == GatewaySettings.Kind.SYNC || of(listener, medium) != null;
    }

    /** The remote user who listens for this listener. */
    String syncName(String listener) {
        String owner = of(listener, GatewaySettings.Kind.SYNC);
        return owner == null ? listener : owner;
    }
}
