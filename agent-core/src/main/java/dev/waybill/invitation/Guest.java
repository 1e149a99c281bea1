// SPDX-License-Identifier: Apache-2.0
package dev.waybill.invitation;

import dev.waybill.error.WaybillError;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.Deed;
import dev.waybill.publication.RemoteUser;
import dev.waybill.publication.Users;
import dev.waybill.seal.Joining;
import dev.waybill.seal.KeyRing;
import dev.waybill.seal.KeyRing.KeyException;
import dev.waybill.seal.TrustedKey;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A database that joins. Every step may be done again: who was interrupted joins once more. One thread. */
public final class Guest {

    /** The head office's older keys, for what is under way. */
    private static final Duration OLD_FOR = Duration.ofDays(30);

    private final Administration administration;
    private final KeyRing ring;

    /** @param ring of this database's agent */
    public Guest(Administration administration, KeyRing ring) {
        this.administration = administration;
        this.ring = ring;
    }

    /**
     * Joins: afterwards there is a catalogue, this database has the name that it was invited under and knows the database above, how it is reached, and its keys; the agent, whenever it works, brings the own key there until it is trusted.
     *
     * @param options other options of the way than those of the invitation, and more
     * @return the own key
     * @throws SQLException INVITATION_PLACE: this database is somebody already
     */
    public TrustedKey join(Invitation invitation, Map<String, String> options) throws SQLException, KeyException {
        expectPlace(invitation);
        TrustedKey own = ring.newestOrMade(invitation.guest());
        for (String key : invitation.keys()) {
            ring.trust(key, OLD_FOR, invitation.host());
        }
        ring.keep(new Joining(invitation.id(), invitation.host(), invitation.guest(), invitation.until(), invitation.secret()));
        settle(invitation, options);
        return own;
    }

    private void expectPlace(Invitation invitation) throws SQLException {
        Catalogue here = administration.dialect().hasCatalogue(administration.raw()) ? CatalogueStore.load(administration.raw(), administration.dialect()) : Catalogue.NONE;
        Optional<RemoteUser> above = here.consolidated();
        if (here.publisher() != null && !here.publisher().equals(invitation.guest())) {
            throw WaybillError.INVITATION_PLACE.with("its publisher is " + here.publisher() + ", and " + invitation.guest() + " is invited");
        } else if (above.isPresent() && !above.get().name().equals(invitation.host())) {
            throw WaybillError.INVITATION_PLACE.with("it has " + above.get().name() + " above it, and " + invitation.host() + " invites");
        } else if (!administration.clock().instant().isBefore(invitation.until())) {
            throw WaybillError.INVITATION_FILE.with(invitation.id(), "it was good until " + invitation.until());
        }
    }

    private void settle(Invitation invitation, Map<String, String> others) throws SQLException, KeyException {
        Users users = new Users(administration);
        if (!administration.dialect().hasCatalogue(administration.raw()) || CatalogueStore.load(administration.raw(), administration.dialect()).publisher() == null) {
            users.grantPublish(invitation.guest());
        }
        Map<String, String> options = new TreeMap<>(invitation.options());
        if (invitation.token() != null) {
            Path token = ring.keepSecret(invitation.host() + ".token", invitation.token());
            options.put("token", "file:" + token);
        }
        options.putAll(others);
        users.createMessageType(invitation.type(), invitation.guestAddress(), false);
        for (Map.Entry<String, String> option : options.entrySet()) {
            users.setOption(invitation.type(), option.getKey(), option.getValue());
        }
        users.grantRemote(invitation.host(), true, invitation.type(), invitation.hostAddress(), invitation.send().every(), invitation.send().at());
        users.know(invitation.host(), invitation.incarnation());
        Deed deed = new Deed(administration.raw(), administration.dialect(), administration.clock());
        deed.<Void>perform(any -> {
            deed.noteOnce("JOIN", invitation.host(), null, "invitation " + invitation.id() + ", as " + invitation.guest());
            return null;
        });
    }
}
