// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

/** The full form of each statement, for people who wrote another. */
enum Form {
    GRANT_PUBLISH("GRANT PUBLISH TO name"),
    REVOKE_PUBLISH("REVOKE PUBLISH [FROM name]"),
    GRANT_REMOTE("GRANT {REMOTE|CONSOLIDATE} TO name TYPE type ADDRESS 'its address' [SEND {EVERY 'hh:mm:ss' | AT 'hh:mm:ss' | ON REQUEST}]"),
    REVOKE_REMOTE("REVOKE {REMOTE|CONSOLIDATE} FROM name"),
    ALTER_REMOTE("ALTER {REMOTE|CONSOLIDATE} name POISON {HALT|PARK|SKIP}"),
    REMOTE_RESET("REMOTE RESET name"),
    MESSAGE_TYPE("{CREATE|ALTER} REMOTE [MESSAGE] TYPE type [ADDRESS 'own address']"),
    DROP_MESSAGE_TYPE("DROP REMOTE [MESSAGE] TYPE type"),
    SET_OPTION("SET REMOTE type OPTION name = 'value'"),
    CREATE_PUBLICATION("CREATE PUBLICATION name (TABLE [schema.]table [(column, …)] [WHERE condition] [SUBSCRIBE BY column] [VERIFY {CHANGED|ALL|VERSION column}] [CONFLICT policy], …)"),
    ALTER_PUBLICATION("ALTER PUBLICATION name {ADD TABLE [schema.]table [(column, …)] [WHERE condition] [SUBSCRIBE BY column] [VERIFY {CHANGED|ALL|VERSION column}] [CONFLICT policy] | DROP TABLE [schema.]table}"),
    DROP_PUBLICATION("DROP PUBLICATION name"),
    SUBSCRIPTION("{CREATE|START|STOP|SYNCHRONIZE|DROP} SUBSCRIPTION TO publication [('value')] FOR name, …"),
    START_AFTER_COMMIT("START AFTER COMMIT [TRANSIENT] [FOR EACH REPLICA WHERE condition [RETRY seconds, count]] {UNIQUE|NONUNIQUE} statement"),
    AFTER_COMMIT("{CANCEL AFTER COMMIT JOB id | PAUSE AFTER COMMIT | RESUME AFTER COMMIT | ADMIN COMMAND 'cleanbgjobinfo'}"),
    PASSTHROUGH("PASSTHROUGH {STOP | [ONLY] FOR {name, … | SUBSCRIPTION TO publication [('value')]} [ON product]}"),
    SYNC_PROPERTY("SET SYNC PROPERTY name = {'value'|NONE} FOR REPLICA name"),
    CALL("CALL procedure [(arguments)] AT {name|DEFAULT} [TIMEOUT seconds]"),
    SET_CALL_TIMEOUT("SET CALL TIMEOUT = {seconds|DEFAULT}"),
    CREATE_PROCEDURE("CREATE REMOTE PROCEDURE name {AS statement | CLASS 'class'}"),
    DROP_PROCEDURE("DROP REMOTE PROCEDURE name"),
    GRANT_EXECUTE("GRANT EXECUTE ON REMOTE PROCEDURE name TO database, … [AS 'user']"),
    REVOKE_EXECUTE("REVOKE EXECUTE ON REMOTE PROCEDURE name FROM database, …"),
    REFRESH("REFRESH publication [('value')] [FULL] [TIMEOUT {seconds|FOREVER}]"),
    GRANT_REFRESH("GRANT REFRESH ON PUBLICATION name [('value')] TO database, …"),
    REVOKE_REFRESH("REVOKE REFRESH ON PUBLICATION name [('value')] FROM database, …"),
    CREATE_SYNC_USER("CREATE SYNC USER 'user' PASSWORD '{file:/path|env:NAME|provider:name}'"),
    DROP_SYNC_USER("DROP SYNC USER 'user'"),
    SAVE("SAVE {[FAIL_ERRORS|LOG_ERRORS|IGNORE_ERRORS] statement | PROPERTY name VALUE {'v'|NONE}}"),
    PUT_PARAM("PUT_PARAM('name', {'value'|NULL})"),
    GET_PARAM("GET_PARAM('name')"),
    GRANT_PROPAGATE("GRANT PROPAGATE TO database, … [AS 'user'] [VALIDATOR procedure]"),
    REVOKE_PROPAGATE("REVOKE PROPAGATE FROM database, …"),
    CONTROL_TENTATIVE("{RETRY|DISCARD} TENTATIVE TRANSACTION number");

    private final String text;

    Form(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
