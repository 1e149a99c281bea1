// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.TableName;
import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Who takes part and how they are reached: the publisher, the databases above and below, message types. Every method is one transaction, committed when it returns; nothing is done when it throws. One thread.
 */
public final class Users {

    private final Administration administration;

    public Users(Administration administration) {
        this.administration = administration;
    }

    /** Gives this database its publisher, and its catalogue when it has none. */
    public void grantPublish(String publisher) throws SQLException {
        if (administration.wrote()) {
            throw WaybillError.CATALOGUE_IN_TRANSACTION.with("GRANT PUBLISH");
        }
        CatalogueInstaller installer = new CatalogueInstaller(administration.dialect(), UUID::randomUUID, administration.clock());
        if (installer.needsInstall(administration.raw())) {
            installer.install(administration.raw());
        }
        change("GRANT PUBLISH", transaction -> {
            Catalogue before = transaction.before();
            if (before.publisher() != null) {
                throw WaybillError.PUBLISHER_EXISTS.with(before.publisher());
            }
            expectFree(before, publisher);
            transaction.execute("UPDATE #catalogue SET publisher = ? WHERE one = 1", publisher);
        });
    }

    /** Takes the publisher away: nothing is sent until another is granted. The name must be right when it is given. */
    public void revokePublish(String publisher) throws SQLException {
        change("REVOKE PUBLISH", transaction -> {
            String present = transaction.before().publisher();
            if (present == null || publisher != null && !publisher.equals(present)) {
                throw WaybillError.PUBLISHER_UNKNOWN.with(publisher == null ? "" : publisher, present == null ? "none" : present);
            }
            transaction.execute("UPDATE #catalogue SET publisher = NULL WHERE one = 1");
        });
    }

    /** As {@link #grantRemote(String, boolean, String, String, Duration, LocalTime, boolean)}, not on request. */
    public void grantRemote(String user, boolean consolidate, String type, String address, Duration sendEvery, LocalTime sendAt) throws SQLException {
        grantRemote(user, consolidate, type, address, sendEvery, sendAt, false);
    }

    /**
     * Names a database below, or the one above. Said again for the same one, it changes type, address and schedule and keeps what was exchanged.
     *
     * @param onRequest with neither time: sent to only when it asks
     * @param sendEvery null when not given
     * @param sendAt    null when not given
     */
    public void grantRemote(String user, boolean consolidate, String type, String address, Duration sendEvery, LocalTime sendAt, boolean onRequest) throws SQLException {
        String frequency = sendEvery != null ? "E" : sendAt != null || onRequest ? "A" : "B"; // AT without a time: on request
        LocalTime time = sendEvery != null ? LocalTime.ofSecondOfDay(sendEvery.toSeconds()) : sendAt;
        change(consolidate ? "GRANT CONSOLIDATE" : "GRANT REMOTE", transaction -> {
            Catalogue before = transaction.before();
            expectPublisher(before);
            expectType(before, type);
            RemoteUser known = before.remoteUser(user).orElse(null);
            if (known != null && known.consolidated() == consolidate) {
                transaction.execute("UPDATE #remote_user SET type_name = ?, address = ?, frequency = ?, send_time = ?, next_send = NULL WHERE user_name = ?", type, address, frequency, time, user);
                return;
            }
            expectFree(before, user);
            RemoteUser above = before.consolidated().orElse(null);
            if (consolidate && above != null) {
                throw WaybillError.CONSOLIDATED_EXISTS.with(above.name());
            }
            long head = transaction.number("SELECT log_offset FROM #journal_head WHERE one = 1");
            transaction.execute("INSERT INTO #remote_user (user_name, consolidate, type_name, address, frequency, send_time, log_scanned, log_begun, state_since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    user, consolidate ? "Y" : "N", type, address, frequency, time, head, head, administration.dialect().moment(administration.clock().instant()));
        });
    }

    /** The neighbour is this incarnation, before anything of it was heard: nothing of another one is believed under its name. One that was heard already stays what it is. */
    public void know(String user, UUID incarnation) throws SQLException {
        change("GRANT CONSOLIDATE", transaction -> transaction.execute("UPDATE #remote_user SET incarnation = ? WHERE user_name = ? AND incarnation IS NULL", incarnation, user));
    }

    /** R12: from now on this is done here with a transaction of this neighbour that cannot be applied. A stream that is halted is tried again at once. */
    public void setPoison(String user, boolean consolidate, PoisonPolicy policy) throws SQLException {
        String statement = consolidate ? "ALTER CONSOLIDATE" : "ALTER REMOTE";
        change(statement, transaction -> {
            RemoteUser known = transaction.before().remoteUser(user).filter(each -> each.consolidated() == consolidate)
                    .orElseThrow(() -> unknownUser(transaction.before(), consolidate ? "consolidated database" : "remote user", user));
            transaction.execute("UPDATE #remote_user SET poison = ? WHERE user_name = ?", policy.name(), user);
            Deed.note(transaction.raw(), transaction.dialect(), administration.clock(), statement, user, "POISON " + known.poison(), "POISON " + policy);
        });
    }

    /** Forgets a database: its subscriptions, what was exchanged with it, parts of its messages that wait for others, its properties, and that tables are received from it. */
    public void revokeRemote(String user, boolean consolidate) throws SQLException {
        Set<TableName> received = new HashSet<>();
        change(consolidate ? "REVOKE CONSOLIDATE" : "REVOKE REMOTE", transaction -> {
            Predicate<RemoteUser> meant = known -> known.consolidated() == consolidate;
            transaction.before().remoteUser(user).filter(meant)
                    .orElseThrow(() -> unknownUser(transaction.before(), consolidate ? "consolidated database" : "remote user", user));
            transaction.execute("DELETE FROM #subscription WHERE user_name = ?", user);
            transaction.execute("DELETE FROM #subscription_period WHERE user_name = ?", user);
            transaction.execute("DELETE FROM #remote_right WHERE node = ?", user);
            transaction.execute("DELETE FROM #snapshot WHERE user_name = ?", user);
            transaction.execute("DELETE FROM #staged_part WHERE sender = ?", user);
            transaction.execute("DELETE FROM #dead_letter WHERE sender = ?", user);
            transaction.execute("DELETE FROM #replica_property WHERE replica = ?", user);
            received.addAll(CatalogueStore.received(transaction.raw(), transaction.dialect()));
            transaction.execute("DELETE FROM #received_table WHERE sender = ?", user);
            received.removeAll(CatalogueStore.received(transaction.raw(), transaction.dialect()));
            transaction.execute("DELETE FROM #remote_user WHERE user_name = ?", user);
        });
        administration.board().receivesNoMore(received);
    }

    /** Names a way to send, with this database's own address by it (null: none); an existing one gets this address. */
    public void createMessageType(String type, String address, boolean mustExist) throws SQLException {
        if (!MessageOption.isType(type)) {
            throw WaybillError.LINK_TYPE.with(type, MessageOption.types());
        }
        change(mustExist ? "ALTER REMOTE MESSAGE TYPE" : "CREATE REMOTE MESSAGE TYPE", transaction -> {
            if (mustExist) {
                expectType(transaction.before(), type);
            }
            if (transaction.execute("UPDATE #message_type SET address = ? WHERE type_name = ?", address, type) == 0) {
                transaction.execute("INSERT INTO #message_type (type_name, address) VALUES (?, ?)", type, address);
            }
        });
    }

    /** Forgets a way to send, with its options; refused while a database is reached by it. */
    public void dropMessageType(String type) throws SQLException {
        change("DROP REMOTE MESSAGE TYPE", transaction -> {
            Catalogue before = transaction.before();
            expectType(before, type);
            RemoteUser user = before.remoteUsers().stream().filter(known -> known.messageType().equals(type)).findFirst().orElse(null);
            if (user != null) {
                throw WaybillError.MESSAGE_TYPE_IN_USE.with(type, user.name());
            }
            transaction.execute("DELETE FROM #message_type_option WHERE type_name = ?", type);
            transaction.execute("DELETE FROM #message_type WHERE type_name = ?", type);
        });
    }

    /** Sets an option of a message type. */
    public void setOption(String type, String option, String value) throws SQLException {
        change("SET REMOTE OPTION", transaction -> {
            expectType(transaction.before(), type);
            MessageOption.check(type, option, value);
            if (transaction.execute("UPDATE #message_type_option SET setting = ? WHERE type_name = ? AND name = ?", value, type, option) == 0) {
                transaction.execute("INSERT INTO #message_type_option (type_name, name, setting) VALUES (?, ?, ?)", type, option, value);
            }
        });
    }

    private void change(String statement, CatalogueTransaction.Change change) throws SQLException {
        CatalogueTransaction.run(administration, statement, change);
    }

    static void expectPublisher(Catalogue before) throws SQLException {
        if (before.publisher() == null) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
    }

    private static void expectType(Catalogue before, String type) throws SQLException {
        if (before.messageType(type).isEmpty()) {
            throw WaybillError.MESSAGE_TYPE_UNKNOWN.with(type);
        }
    }

    /** Names that differ only in case would meet in one folder on some file systems. */
    private static void expectFree(Catalogue before, String name) throws SQLException {
        if (name.equalsIgnoreCase(before.publisher())) {
            throw WaybillError.NAME_TAKEN.with(name, "this database's publisher " + before.publisher());
        }
        for (RemoteUser user : before.remoteUsers()) {
            if (user.name().equalsIgnoreCase(name)) {
                throw WaybillError.NAME_TAKEN.with(name, (user.consolidated() ? "the consolidated database " : "the remote user ") + user.name());
            }
        }
    }

    static SQLException unknownUser(Catalogue before, String kind, String user) {
        String known = String.join(", ", before.remoteUsers().stream().map(RemoteUser::name).toList());
        return WaybillError.USER_UNKNOWN.with(kind, user, known.isEmpty() ? "none" : known);
    }
}
