// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import dev.waybill.aftercommit.JobDefinition;
import dev.waybill.aftercommit.ReplicaCondition;
import dev.waybill.predicate.Condition;
import java.sql.SQLException;

/** The grammar of after-commit jobs and replica properties, one method for each rule. */
final class JobStatements {

    private static final int LONGEST_VALUE = 4_000;

    private final Cursor at;

    JobStatements(Cursor at) {
        this.at = at;
    }

    /** Null, with nothing taken, when it is another one. */
    WaybillStatement statement() throws SQLException {
        if (at.takeWords("START", "AFTER")) {
            return start();
        } else if (at.takeWords("SET", "SYNC")) {
            return setProperty();
        }
        at.means(Form.AFTER_COMMIT);
        if (at.takeWords("CANCEL", "AFTER")) {
            at.expectWord("COMMIT");
            at.expectWord("JOB");
            return new WaybillStatement.CancelJob(at.id("the id of a job"));
        } else if (at.takeWords("PAUSE", "AFTER")) {
            at.expectWord("COMMIT");
            return new WaybillStatement.ControlJobs(WaybillStatement.JobDeed.PAUSE);
        } else if (at.takeWords("RESUME", "AFTER")) {
            at.expectWord("COMMIT");
            return new WaybillStatement.ControlJobs(WaybillStatement.JobDeed.RESUME);
        } else if (at.takeWords("ADMIN", "COMMAND")) {
            at.string("the command");
            return new WaybillStatement.ControlJobs(WaybillStatement.JobDeed.CLEAN);
        }
        return null;
    }

    private WaybillStatement start() throws SQLException {
        at.means(Form.START_AFTER_COMMIT);
        at.expectWord("COMMIT");
        boolean isTransient = at.takeWord("TRANSIENT");
        String condition = null;
        int seconds = 0;
        int count = 0;
        if (at.takeWord("FOR")) {
            condition = replicas();
            if (at.takeWord("RETRY")) {
                seconds = at.number("seconds");
                at.expectSymbol(",");
                count = at.number("how often");
            }
        }
        boolean unique = at.takeWord("UNIQUE");
        if (!unique && !at.takeWord("NONUNIQUE")) {
            throw at.expected("UNIQUE or NONUNIQUE");
        }
        SQLException tooLong = at.expected("a statement of at most " + JobDefinition.LONGEST + " characters");
        String statement = at.rest("a statement");
        if (statement.length() > JobDefinition.LONGEST) {
            throw tooLong;
        }
        return new WaybillStatement.StartAfterCommit(new JobDefinition(statement, unique, isTransient, condition, seconds, count));
    }

    private String replicas() throws SQLException {
        at.expectWord("EACH");
        at.expectWord("REPLICA");
        at.expectWord("WHERE");
        Condition read = at.condition();
        return ReplicaCondition.of(read).text();
    }

    private WaybillStatement setProperty() throws SQLException {
        at.means(Form.SYNC_PROPERTY);
        at.expectWord("PROPERTY");
        String property = at.name("the property");
        at.expectSymbol("=");
        SQLException tooLong = at.expected("a value of at most " + LONGEST_VALUE + " characters");
        String value = at.takeWord("NONE") ? null : at.string("the value");
        if (value != null && value.length() > LONGEST_VALUE) {
            throw tooLong;
        }
        at.expectWord("FOR");
        at.expectWord("REPLICA");
        return new WaybillStatement.SetSyncProperty(property, value, at.name("the replica"));
    }
}
