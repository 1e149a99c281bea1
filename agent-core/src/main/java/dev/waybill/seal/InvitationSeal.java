// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import dev.waybill.message.Seal;

/** The first word of a remote to a head office that does not know its key yet: proved by the secret of its invitation. Immutable; any thread. */
final class InvitationSeal implements Seal {

    private final Joining joining;

    InvitationSeal(Joining joining) {
        this.joining = joining;
    }

    @Override
    public int scheme() {
        return INVITATION;
    }

    @Override
    public String keyId() {
        return joining.id();
    }

    @Override
    public byte[] sign(byte[] message, int length) {
        return joining.secret().mac(message, length);
    }
}
