// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

/** The full form of each statement, for people who wrote another. */
enum Form {
    GRANT_PUBLISH("GRANT PUBLISH TO name"),
    REVOKE_PUBLISH("REVOKE PUBLISH [FROM name]"),
    GRANT_REMOTE("GRANT {REMOTE|CONSOLIDATE} TO name TYPE type ADDRESS 'its address' [SEND {EVERY|AT} 'hh:mm:ss']"),
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
    SYNC_PROPERTY("SET SYNC PROPERTY name = {'value'|NONE} FOR REPLICA name");

    private final String text;

    Form(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
