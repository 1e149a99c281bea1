// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import dev.waybill.aftercommit.JobControl;
import dev.waybill.aftercommit.JobDefinition;
import dev.waybill.aftercommit.ReplicaProperties;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Administration;
import dev.waybill.publication.PoisonPolicy;
import dev.waybill.publication.Publications;
import dev.waybill.publication.Subscriptions;
import dev.waybill.publication.TableReference;
import dev.waybill.publication.Users;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalTime;
import java.util.List;
import java.util.OptionalLong;

/**
 * A statement that is ours, understood. Immutable.
 *
 * <p>Names of publishers, remote users and publications are in lower case unless they were quoted; message types are in upper case.
 */
public sealed interface WaybillStatement {

    /**
     * Reads one statement, with or without a semicolon at its end. Costs a look at the first word for everything else.
     *
     * @return null when the statement is the database's own
     * @throws SQLException STATEMENT_SYNTAX when it begins like one of ours and is none
     */
    static WaybillStatement parse(String sql) throws SQLException {
        return FirstWords.isOurs(sql) ? new StatementParser(sql).parse() : null;
    }

    /**
     * Carries it out in a transaction of its own, committed when this returns; nothing is done when it throws.
     *
     * @throws SQLException CATALOGUE_IN_TRANSACTION when the caller's transaction has written; the errors of each statement
     */
    void execute(Administration administration) throws SQLException;

    /** {@code GRANT PUBLISH TO name}. */
    record GrantPublish(String publisher) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Users(administration).grantPublish(publisher);
        }
    }

    /** {@code REVOKE PUBLISH [FROM name]}; the name is null when not given. */
    record RevokePublish(String publisher) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Users(administration).revokePublish(publisher);
        }
    }

    /** {@code GRANT {REMOTE|CONSOLIDATE} TO name TYPE type ADDRESS 'address' [SEND {EVERY|AT} 'hh:mm:ss']}; of the two times at most one is not null. */
    record GrantRemote(String user, boolean consolidate, String type, String address, Duration sendEvery, LocalTime sendAt) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Users(administration).grantRemote(user, consolidate, type, address, sendEvery, sendAt);
        }
    }

    /** {@code REVOKE {REMOTE|CONSOLIDATE} FROM name}. */
    record RevokeRemote(String user, boolean consolidate) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Users(administration).revokeRemote(user, consolidate);
        }
    }

    /** {@code ALTER {REMOTE|CONSOLIDATE} name POISON {HALT|PARK|SKIP}}. */
    record AlterRemote(String user, boolean consolidate, PoisonPolicy poison) implements WaybillStatement {

        @Override
        public void execute(Administration administration) throws SQLException {
            new Users(administration).setPoison(user, consolidate, poison);
        }
    }

    /** {@code REMOTE RESET name}. */
    record RemoteReset(String user) implements WaybillStatement {

        @Override
        public void execute(Administration administration) throws SQLException {
            new Subscriptions(administration).reset(user);
        }
    }

    /** {@code {CREATE|ALTER} REMOTE [MESSAGE] TYPE type [ADDRESS 'own address']}: CREATE alters what exists, without an address it removes the address. */
    record CreateMessageType(String type, String address, boolean mustExist) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Users(administration).createMessageType(type, address, mustExist);
        }
    }

    /** {@code DROP REMOTE [MESSAGE] TYPE type}. */
    record DropMessageType(String type) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Users(administration).dropMessageType(type);
        }
    }

    /** {@code SET REMOTE type OPTION name = 'value'}. */
    record SetRemoteOption(String type, String option, String value) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Users(administration).setOption(type, option, value);
        }
    }

    /** {@code CREATE PUBLICATION p (TABLE [schema.]t [(columns)] [WHERE condition] [SUBSCRIBE BY column], …)}. */
    record CreatePublication(String publication, List<TableReference> tables) implements WaybillStatement {
        public CreatePublication {
            tables = List.copyOf(tables);
        }

        @Override
        public void execute(Administration administration) throws SQLException {
            new Publications(administration).create(publication, tables);
        }
    }

    /** {@code ALTER PUBLICATION p ADD TABLE …}. */
    record AddTable(String publication, TableReference table) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Publications(administration).addTable(publication, table);
        }
    }

    /** {@code ALTER PUBLICATION p DROP TABLE …}. */
    record DropTable(String publication, TableReference table) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Publications(administration).dropTable(publication, table);
        }
    }

    /** {@code DROP PUBLICATION p}. */
    record DropPublication(String publication) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Publications(administration).drop(publication);
        }
    }

    /** {@code {CREATE|START|STOP|SYNCHRONIZE|DROP} SUBSCRIPTION TO p [('value')] FOR name, …}; the value is empty when none was given. */
    record ChangeSubscription(Verb verb, String publication, String value, List<String> subscribers) implements WaybillStatement {
        public ChangeSubscription {
            subscribers = List.copyOf(subscribers);
        }

        @Override
        public void execute(Administration administration) throws SQLException {
            Subscriptions orders = new Subscriptions(administration);
            switch (verb) {
                case CREATE -> orders.create(publication, value, subscribers);
                case START -> orders.start(publication, value, subscribers);
                case STOP -> orders.stop(publication, value, subscribers);
                case SYNCHRONIZE -> orders.synchronize(publication, value, subscribers);
                case DROP -> orders.drop(publication, value, subscribers);
            }
        }
    }

    /** One that is part of the caller's transaction, with which its effect comes and goes. */
    sealed interface InTransaction extends WaybillStatement {

        /**
         * Does it in the caller's transaction.
         *
         * @return what is shown as the only row; empty for nothing
         */
        OptionalLong run(Connection raw, Dialect dialect, InstantSource clock) throws SQLException;

        /** For callers without a transaction. */
        @Override
        default void execute(Administration administration) throws SQLException {
            run(administration.raw(), administration.dialect(), administration.clock());
        }
    }

    /** {@code START AFTER COMMIT …}: shows the id of the job. */
    record StartAfterCommit(JobDefinition job) implements InTransaction {
        @Override
        public OptionalLong run(Connection raw, Dialect dialect, InstantSource clock) throws SQLException {
            return OptionalLong.of(job.define(raw, dialect, clock));
        }
    }

    /** {@code SET SYNC PROPERTY property = {'value'|NONE} FOR REPLICA replica}; the value is null for NONE. */
    record SetSyncProperty(String property, String value, String replica) implements InTransaction {
        @Override
        public OptionalLong run(Connection raw, Dialect dialect, InstantSource clock) throws SQLException {
            new ReplicaProperties(raw, dialect).set(replica, property, value);
            return OptionalLong.empty();
        }
    }

    /** Says what becomes of the statements that follow on its connection; only the driver carries it out. */
    sealed interface OfConnection extends WaybillStatement {

        @Override
        default void execute(Administration administration) throws SQLException {
            throw WaybillError.PASSTHROUGH_NO_MODE.with();
        }
    }

    /**
     * {@code PASSTHROUGH [ONLY] FOR {name, … | SUBSCRIPTION TO publication [('value')]} [ON product]}.
     *
     * @param only        whether statements are not executed here
     * @param recipients  empty for those of the subscription
     * @param publication null for those that are named
     * @param value       of the subscription; empty for none
     * @param product     of which a recipient has to be to execute it; empty for any
     */
    record StartPassthrough(boolean only, List<String> recipients, String publication, String value, String product) implements OfConnection {
        public StartPassthrough {
            recipients = List.copyOf(recipients);
        }
    }

    /** {@code PASSTHROUGH STOP}. */
    record StopPassthrough() implements OfConnection {}

    /** {@code CANCEL AFTER COMMIT JOB id}. */
    record CancelJob(long id) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new JobControl(administration).cancel(id);
        }
    }

    /** {@code {PAUSE|RESUME} AFTER COMMIT}, {@code ADMIN COMMAND 'cleanbgjobinfo'}. */
    record ControlJobs(JobDeed deed) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            JobControl control = new JobControl(administration);
            switch (deed) {
                case PAUSE -> control.pause();
                case RESUME -> control.resume();
                case CLEAN -> control.clean();
            }
        }
    }

    /** What is done to all jobs. */
    enum JobDeed { PAUSE, RESUME, CLEAN }

    /** What is done to a subscription. */
    enum Verb { CREATE, START, STOP, SYNCHRONIZE, DROP }
}
