// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import dev.waybill.aftercommit.JobControl;
import dev.waybill.aftercommit.JobDefinition;
import dev.waybill.aftercommit.ReplicaProperties;
import dev.waybill.call.Procedures;
import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Administration;
import dev.waybill.publication.PoisonPolicy;
import dev.waybill.publication.Publications;
import dev.waybill.publication.Subscriptions;
import dev.waybill.publication.TableReference;
import dev.waybill.publication.Users;
import dev.waybill.tentative.Board;
import dev.waybill.tentative.ErrorMode;
import dev.waybill.tentative.SavedWork;
import dev.waybill.tentative.TentativeControl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalTime;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

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

    /** {@code GRANT {REMOTE|CONSOLIDATE} TO name TYPE type ADDRESS 'address' [SEND {EVERY 'hh:mm:ss' | AT 'hh:mm:ss' | ON REQUEST}]}; of the two times at most one is not null. */
    record GrantRemote(String user, boolean consolidate, String type, String address, Duration sendEvery, LocalTime sendAt, boolean onRequest) implements WaybillStatement {

        /** Not on request. */
        public GrantRemote(String user, boolean consolidate, String type, String address, Duration sendEvery, LocalTime sendAt) {
            this(user, consolidate, type, address, sendEvery, sendAt, false);
        }

        @Override
        public void execute(Administration administration) throws SQLException {
            new Users(administration).grantRemote(user, consolidate, type, address, sendEvery, sendAt, onRequest);
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
         * @param transaction the same for all that is done in one
         * @return what is shown as the only row; empty for nothing
         */
        OptionalLong run(Connection raw, Dialect dialect, InstantSource clock, UUID transaction) throws SQLException;

        /** For callers without a transaction. */
        @Override
        default void execute(Administration administration) throws SQLException {
            run(administration.raw(), administration.dialect(), administration.clock(), UUID.randomUUID());
        }
    }

    /** {@code START AFTER COMMIT …}: shows the id of the job. */
    record StartAfterCommit(JobDefinition job) implements InTransaction {
        @Override
        public OptionalLong run(Connection raw, Dialect dialect, InstantSource clock, UUID transaction) throws SQLException {
            return OptionalLong.of(job.define(raw, dialect, clock));
        }
    }

    /** {@code SET SYNC PROPERTY property = {'value'|NONE} FOR REPLICA replica}; the value is null for NONE. */
    record SetSyncProperty(String property, String value, String replica) implements InTransaction {
        @Override
        public OptionalLong run(Connection raw, Dialect dialect, InstantSource clock, UUID transaction) throws SQLException {
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

    /** Who is asked. */
    record Node(String name) {

        /** Of a job the replica for which it runs; otherwise the consolidated database. */
        public static final Node DEFAULT = new Node(null);
    }

    /** One that asks a neighbour and waits for what it says. Only a session can say it: it is asked on a connection beside the session's. */
    sealed interface Asks extends WaybillStatement {

        @Override
        default void execute(Administration administration) throws SQLException {
            throw WaybillError.CALL_NOT_HERE.with();
        }
    }

    /**
     * {@code CALL procedure(arguments) AT {node|DEFAULT} [TIMEOUT seconds]}.
     *
     * @param arguments as they were written: expressions of the database's; empty for none
     * @param timeout   null for the session's
     */
    record CallAt(String procedure, String arguments, Node node, Duration timeout) implements Asks {}

    /**
     * {@code REFRESH publication [('value')] [FULL] [TIMEOUT {seconds|FOREVER}]}.
     *
     * @param timeout null for the session's, or for ever
     */
    record Refresh(String publication, String value, boolean full, Duration timeout, boolean forever) implements Asks {}

    /** {@code SET CALL TIMEOUT = {seconds|DEFAULT}}: of this session; null for the setting's. */
    record SetCallTimeout(Duration timeout) implements Asks {}

    /** {@code CREATE REMOTE PROCEDURE name {AS statement | CLASS 'class'}}. */
    record CreateProcedure(String procedure, boolean ofClass, String body) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Procedures(administration).create(procedure, ofClass, body);
        }
    }

    /** {@code DROP REMOTE PROCEDURE name}. */
    record DropProcedure(String procedure) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Procedures(administration).drop(procedure);
        }
    }

    /** {@code {GRANT|REVOKE} EXECUTE ON REMOTE PROCEDURE …}, {@code {GRANT|REVOKE} REFRESH ON PUBLICATION …}. */
    record ChangeRight(boolean grants, Procedures.Right right, String subject, List<String> nodes, String runAs) implements WaybillStatement {
        public ChangeRight {
            nodes = List.copyOf(nodes);
        }

        @Override
        public void execute(Administration administration) throws SQLException {
            if (grants) {
                new Procedures(administration).grant(right, subject, nodes, runAs);
            } else {
                new Procedures(administration).revoke(right, subject, nodes);
            }
        }
    }

    /** {@code CREATE SYNC USER 'user' PASSWORD 'where it is'}. */
    record CreateSyncUser(String user, String secret) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Procedures(administration).createUser(user, secret);
        }
    }

    /** {@code DROP SYNC USER 'user'}. */
    record DropSyncUser(String user) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            new Procedures(administration).dropUser(user);
        }
    }

    /** {@code SAVE [FAIL_ERRORS|LOG_ERRORS|IGNORE_ERRORS] statement}; the mode is null when not given. */
    record Save(String statement, ErrorMode mode) implements InTransaction {
        @Override
        public OptionalLong run(Connection raw, Dialect dialect, InstantSource clock, UUID transaction) throws SQLException {
            new SavedWork(raw, dialect, transaction, clock.instant()).statement(statement, mode);
            return OptionalLong.empty();
        }
    }

    /** {@code SAVE PROPERTY name VALUE {'v'|NONE}}; the value is null for NONE. */
    record SaveProperty(String property, String value) implements InTransaction {
        @Override
        public OptionalLong run(Connection raw, Dialect dialect, InstantSource clock, UUID transaction) throws SQLException {
            new SavedWork(raw, dialect, transaction, clock.instant()).property(property, value);
            return OptionalLong.empty();
        }
    }

    /** {@code PUT_PARAM('name', 'value')}; null takes it away. */
    record PutParameter(String parameter, String value) implements InTransaction {
        @Override
        public OptionalLong run(Connection raw, Dialect dialect, InstantSource clock, UUID transaction) throws SQLException {
            Board.put(new CatalogueSql(raw, dialect), parameter, value);
            return OptionalLong.empty();
        }
    }

    /** What a room below does in the transaction of a connection of ours; never written. */
    record OnBoard(Board.Work work) implements InTransaction {
        @Override
        public OptionalLong run(Connection raw, Dialect dialect, InstantSource clock, UUID transaction) throws SQLException {
            work.on(raw);
            return OptionalLong.empty();
        }
    }

    /** {@code GET_PARAM('name')}: shows it, NULL when nobody put it there. */
    record GetParameter(String parameter) implements Asks {}

    /** {@code {RETRY|DISCARD} TENTATIVE TRANSACTION number}. */
    record ControlTentative(boolean discards, long number) implements WaybillStatement {
        @Override
        public void execute(Administration administration) throws SQLException {
            TentativeControl control = new TentativeControl(administration);
            if (discards) {
                control.discard(number);
            } else {
                control.retry(number);
            }
        }
    }

    /** What is done to all jobs. */
    enum JobDeed { PAUSE, RESUME, CLEAN }

    /** What is done to a subscription. */
    enum Verb { CREATE, START, STOP, SYNCHRONIZE, DROP }
}
