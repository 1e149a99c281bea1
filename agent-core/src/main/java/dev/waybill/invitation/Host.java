// SPDX-License-Identifier: Apache-2.0
package dev.waybill.invitation;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.Deed;
import dev.waybill.publication.MessageType;
import dev.waybill.publication.RemoteUser;
import dev.waybill.seal.Invited;
import dev.waybill.seal.KeyRing;
import dev.waybill.seal.KeyRing.KeyException;
import dev.waybill.seal.OneTimeSecret;
import dev.waybill.seal.SealPolicy;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A head office that invites. One thread. */
public final class Host {

    /** Of the head office's own options of a way: what is the same at the other end. Paths, users and secrets are not. */
    private static final Set<String> SHARED = Set.of("signature", "encryption", "servers", "topic_prefix", "security", "login", "smtp_host", "smtp_port", "imap_host", "imap_port", "pop3_host", "pop3_port");
    private static final String DIRECTORY = "directory";
    private static final int ID_BYTES = 12;

    private final Connection raw;
    private final Dialect dialect;
    private final KeyRing ring;
    private final InstantSource clock;
    private final SecureRandom random;

    /** @param ring of the head office's agent */
    public Host(Connection raw, Dialect dialect, KeyRing ring, InstantSource clock, SecureRandom random) {
        this.raw = raw;
        this.dialect = dialect;
        this.ring = ring;
        this.clock = clock;
        this.random = random;
    }

    /** What the catalogue says of the one who is to be invited. */
    public record Place(Catalogue catalogue, RemoteUser guest, MessageType type) {

        /** Whether the remote calls this database by HTTP, for which it needs a URL and a token. */
        public boolean isCalled() {
            return type.name().equals("HTTP");
        }
    }

    /**
     * Where there is room for him.
     *
     * @throws SQLException INVITATION_WHOM, PUBLISHER_MISSING
     */
    public Place place(String guest) throws SQLException {
        Catalogue catalogue = CatalogueStore.load(raw, dialect);
        if (catalogue.publisher() == null) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
        RemoteUser user = catalogue.remoteUser(guest).filter(known -> !known.consolidated())
                .orElseThrow(() -> WaybillError.INVITATION_WHOM.with(guest, "there is no remote user of that name", "Say GRANT REMOTE TO " + guest + " TYPE … ADDRESS '…', and CREATE SUBSCRIPTION for what he is to get."));
        MessageType type = catalogue.messageType(user.messageType()).filter(known -> known.address() != null)
                .orElseThrow(() -> WaybillError.INVITATION_WHOM.with(guest, "this database has no address of its own by " + user.messageType(), "Say CREATE REMOTE MESSAGE TYPE " + user.messageType() + " ADDRESS '…'."));
        if (SealPolicy.of(type).signatures() == SealPolicy.Signatures.OFF) {
            throw WaybillError.INVITATION_WHOM.with(guest, "signatures are off on " + type.name() + ", so there are no keys to be exchanged", "Say SET REMOTE " + type.name() + " OPTION signature = 'required', or 'optional'.");
        }
        return new Place(catalogue, user, type);
    }

    /**
     * Invites: from now on the first who comes with the secret, in time and under this name, is taken in by the agent. It is written down in {@code waybill.audit}, without the secret.
     *
     * @param options more options of the way for the remote, and others than here
     * @param token   with which he may call; null for none
     */
    public Invitation invite(Place place, Duration valid, Map<String, String> options, String token) throws SQLException, KeyException {
        String host = place.catalogue().publisher();
        String guest = place.guest().name();
        ring.newestOrMade(host);
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        Instant until = clock.instant().plus(valid).truncatedTo(ChronoUnit.SECONDS);
        Invited invited = new Invited(HexFormat.of().formatHex(id), host, place.catalogue().incarnation(), guest, until, OneTimeSecret.make(random));
        ring.keep(invited);
        new Deed(raw, dialect, clock).<Void>perform(any -> {
            new Deed(raw, dialect, clock).note("INVITE", guest, null, "invitation " + invited.id() + ", good until " + until);
            return null;
        });
        List<String> keys = ring.read().ownOf(host).stream().map(KeyRing::export).toList();
        return new Invitation(invited.id(), host, invited.incarnation(), guest, until, place.type().name(), place.type().address(), place.guest().address(), Schedule.of(place.guest()), shared(place.type(), options), keys, invited.secret(), token);
    }

    private static Map<String, String> shared(MessageType type, Map<String, String> more) {
        Map<String, String> options = new TreeMap<>(type.options());
        options.keySet().removeIf(name -> !SHARED.contains(name) && !(name.equals(DIRECTORY) && type.name().equals("FILE")));
        options.putAll(more);
        return options;
    }
}
