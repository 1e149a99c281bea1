// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.publication.Catalogue;
import dev.waybill.publication.Identifier;
import dev.waybill.statement.WaybillStatement;
import dev.waybill.statement.WaybillStatement.ChangeSubscription;
import dev.waybill.statement.WaybillStatement.CreateMessageType;
import dev.waybill.statement.WaybillStatement.DropPublication;
import dev.waybill.statement.WaybillStatement.GrantPublish;
import dev.waybill.statement.WaybillStatement.GrantRemote;
import dev.waybill.statement.WaybillStatement.RevokePublish;
import dev.waybill.statement.WaybillStatement.RevokeRemote;
import dev.waybill.statement.WaybillStatement.SetRemoteOption;
import dev.waybill.statement.WaybillStatement.Verb;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The statements that are ours as methods: {@code connection.unwrap(WaybillConnection.class)}. As thread-safe as the connection, and of use as long as it is open.
 *
 * <p>Each does what the statement of the same name does when it is executed as text, throws what that throws, and commits by itself. Names are taken as they are, not folded.
 */
public interface WaybillConnection {

    /** Carries out a statement. */
    void execute(WaybillStatement statement) throws SQLException;

    /** Publisher, publications, remote users and subscriptions as they are now. */
    Catalogue catalogue() throws SQLException;

    /** {@code GRANT PUBLISH TO publisher}. */
    default void grantPublish(String publisher) throws SQLException {
        execute(new GrantPublish(name(publisher)));
    }

    /** {@code REVOKE PUBLISH}. */
    default void revokePublish() throws SQLException {
        execute(new RevokePublish(null));
    }

    /** {@code CREATE REMOTE MESSAGE TYPE type ADDRESS 'address'}: the own address for a way to send, such as FILE. */
    default void createMessageType(String type, String address) throws SQLException {
        execute(new CreateMessageType(type.toUpperCase(Locale.ROOT), address, false));
    }

    /** {@code SET REMOTE type OPTION name = 'value'}. */
    default void setRemoteOption(String type, String option, String value) throws SQLException {
        execute(new SetRemoteOption(type.toUpperCase(Locale.ROOT), option, value));
    }

    /** {@code GRANT REMOTE TO user TYPE type ADDRESS 'address' SEND EVERY sendEvery}: a database below; zero sends at once, null leaves the clause out. */
    default void grantRemote(String user, String type, String address, Duration sendEvery) throws SQLException {
        execute(new GrantRemote(name(user), false, type.toUpperCase(Locale.ROOT), address, sendEvery, null));
    }

    /** {@code GRANT CONSOLIDATE TO user TYPE type ADDRESS 'address' SEND EVERY sendEvery}: the database above; zero sends at once, null leaves the clause out. */
    default void grantConsolidate(String user, String type, String address, Duration sendEvery) throws SQLException {
        execute(new GrantRemote(name(user), true, type.toUpperCase(Locale.ROOT), address, sendEvery, null));
    }

    /** {@code REVOKE REMOTE FROM user}. */
    default void revokeRemote(String user) throws SQLException {
        execute(new RevokeRemote(name(user), false));
    }

    /** {@code REVOKE CONSOLIDATE FROM user}. */
    default void revokeConsolidate(String user) throws SQLException {
        execute(new RevokeRemote(name(user), true));
    }

    /** {@code CREATE PUBLICATION publication (TABLE …, …)}: each table as the statement would have it, {@code artist} or {@code sales.artist (id, name)}. */
    default void createPublication(String publication, String... tables) throws SQLException {
        execute(WaybillStatement.parse("CREATE PUBLICATION \"" + name(publication) + "\" (TABLE " + String.join(", TABLE ", tables) + ")"));
    }

    /** {@code DROP PUBLICATION publication}. */
    default void dropPublication(String publication) throws SQLException {
        execute(new DropPublication(name(publication)));
    }

    /** {@code CREATE SUBSCRIPTION TO publication FOR subscriber}. */
    default void createSubscription(String publication, String subscriber) throws SQLException {
        change(Verb.CREATE, publication, subscriber);
    }

    /** {@code START SUBSCRIPTION TO publication FOR subscriber}: waits, bounded by {@code waybill.wait}, for writers that began before. */
    default void startSubscription(String publication, String subscriber) throws SQLException {
        change(Verb.START, publication, subscriber);
    }

    /** {@code STOP SUBSCRIPTION TO publication FOR subscriber}. */
    default void stopSubscription(String publication, String subscriber) throws SQLException {
        change(Verb.STOP, publication, subscriber);
    }

    /** {@code SYNCHRONIZE SUBSCRIPTION TO publication FOR subscriber}: waits like {@link #startSubscription}. */
    default void synchronizeSubscription(String publication, String subscriber) throws SQLException {
        change(Verb.SYNCHRONIZE, publication, subscriber);
    }

    /** {@code DROP SUBSCRIPTION TO publication FOR subscriber}. */
    default void dropSubscription(String publication, String subscriber) throws SQLException {
        change(Verb.DROP, publication, subscriber);
    }

    private void change(Verb verb, String publication, String subscriber) throws SQLException {
        execute(new ChangeSubscription(verb, name(publication), "", List.of(name(subscriber))));
    }

    /** NAME_NOT_ALLOWED for a name that no statement could have either. */
    private static String name(String text) throws SQLException {
        return new Identifier(text, true).name();
    }
}
