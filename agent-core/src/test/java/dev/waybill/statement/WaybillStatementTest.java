// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waybill.aftercommit.JobDefinition;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Identifier;
import dev.waybill.publication.PoisonPolicy;
import dev.waybill.publication.TableReference;
import dev.waybill.statement.WaybillStatement.AddTable;
import dev.waybill.statement.WaybillStatement.AlterRemote;
import dev.waybill.statement.WaybillStatement.CancelJob;
import dev.waybill.statement.WaybillStatement.ChangeSubscription;
import dev.waybill.statement.WaybillStatement.ControlJobs;
import dev.waybill.statement.WaybillStatement.CreateMessageType;
import dev.waybill.statement.WaybillStatement.CreatePublication;
import dev.waybill.statement.WaybillStatement.DropMessageType;
import dev.waybill.statement.WaybillStatement.DropPublication;
import dev.waybill.statement.WaybillStatement.DropTable;
import dev.waybill.statement.WaybillStatement.GrantPublish;
import dev.waybill.statement.WaybillStatement.GrantRemote;
import dev.waybill.statement.WaybillStatement.RemoteReset;
import dev.waybill.statement.WaybillStatement.RevokePublish;
import dev.waybill.statement.WaybillStatement.RevokeRemote;
import dev.waybill.statement.WaybillStatement.JobDeed;
import dev.waybill.statement.WaybillStatement.SetRemoteOption;
import dev.waybill.statement.WaybillStatement.SetSyncProperty;
import dev.waybill.statement.WaybillStatement.StartAfterCommit;
import dev.waybill.statement.WaybillStatement.Verb;
import dev.waybill.conflict.Clauses;
import dev.waybill.conflict.ConflictPolicy;
import dev.waybill.conflict.Verification;
import dev.waybill.publication.WrittenClauses;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaybillStatementTest {

    @Test
    void theWholeSetUpOfHeadOfficeIsUnderstood() throws SQLException {
        assertThat(parse("GRANT PUBLISH TO hq;")).isEqualTo(new GrantPublish("hq"));
        assertThat(parse("CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq';")).isEqualTo(new CreateMessageType("FILE", "hq", false));
        assertThat(parse("SET REMOTE FILE OPTION directory = '/srv/messages';")).isEqualTo(new SetRemoteOption("FILE", "directory", "/srv/messages"));
        assertThat(parse("GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch'\n      SEND EVERY '00:00:00';"))
                .isEqualTo(new GrantRemote("branch", false, "FILE", "branch", Duration.ZERO, null));
        assertThat(parse("CREATE PUBLICATION music (TABLE artist, TABLE album);"))
                .isEqualTo(new CreatePublication("music", List.of(table("artist"), table("album"))));
        assertThat(parse("CREATE SUBSCRIPTION TO music FOR branch;")).isEqualTo(new ChangeSubscription(Verb.CREATE, "music", "", List.of("branch")));
        assertThat(parse("SYNCHRONIZE SUBSCRIPTION TO music FOR branch;")).isEqualTo(new ChangeSubscription(Verb.SYNCHRONIZE, "music", "", List.of("branch")));
        assertThat(parse("GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND AT '23:30'")).isEqualTo(new GrantRemote("hq", true, "FILE", "hq", null, LocalTime.of(23, 30)));
    }

    @Test
    void everythingAboutAfterCommitJobsIsUnderstood() throws SQLException {
        assertThat(parse("START AFTER COMMIT UNIQUE CALL refresh() AT DEFAULT;")).isEqualTo(new StartAfterCommit(new JobDefinition("CALL refresh() AT DEFAULT", true, false, null, 0, 0)));
        assertThat(parse("start after commit transient nonunique\nUPDATE t SET a = ';' -- b")).isEqualTo(new StartAfterCommit(new JobDefinition("UPDATE t SET a = ';' -- b", false, true, null, 0, 0)));
        assertThat(parse("START AFTER COMMIT FOR EACH REPLICA WHERE region = 'EU' AND NOT (\"Size\" LIKE '1!%' ESCAPE '!' OR name >= 'b') RETRY 5, 10 UNIQUE SELECT 1"))
                .isInstanceOfSatisfying(StartAfterCommit.class, start -> {
                    assertThat(start.job().condition()).contains("\"region\" = 'EU'", "\"Size\" LIKE '1!%' ESCAPE '!'", "\"name\" >= 'b'");
                    assertThat(start.job().retrySeconds()).isEqualTo(5);
                    assertThat(start.job().retryCount()).isEqualTo(10);
                    assertThat(start.job().statement()).isEqualTo("SELECT 1");
                });
        assertThat(parse("SET SYNC PROPERTY region = 'EU' FOR REPLICA berlin")).isEqualTo(new SetSyncProperty("region", "EU", "berlin"));
        assertThat(parse("PASSTHROUGH FOR a, \"B\"")).isEqualTo(new WaybillStatement.StartPassthrough(false, List.of("a", "B"), null, "", ""));
        assertThat(parse("passthrough only for subscription to p ('v') on MariaDB;")).isEqualTo(new WaybillStatement.StartPassthrough(true, List.of(), "p", "v", "mariadb"));
        assertThat(parse("PASSTHROUGH STOP")).isEqualTo(new WaybillStatement.StopPassthrough());
        assertThat(WaybillStatement.parse("PASSTHROUGH")).isNull();
        assertThat(parse("SET SYNC PROPERTY region = NONE FOR REPLICA berlin;")).isEqualTo(new SetSyncProperty("region", null, "berlin"));
        assertThat(parse("CANCEL AFTER COMMIT JOB 9223372036854775807")).isEqualTo(new CancelJob(Long.MAX_VALUE));
        assertThat(parse("PAUSE AFTER COMMIT")).isEqualTo(new ControlJobs(JobDeed.PAUSE));
        assertThat(parse("RESUME AFTER COMMIT;")).isEqualTo(new ControlJobs(JobDeed.RESUME));
        assertThat(parse("ADMIN COMMAND 'cleanbgjobinfo'")).isEqualTo(new ControlJobs(JobDeed.CLEAN));
    }

    @Test
    void everyCounterpartIsUnderstood() throws SQLException {
        assertThat(parse("revoke publish")).isEqualTo(new RevokePublish(null));
        assertThat(parse("REVOKE PUBLISH FROM hq")).isEqualTo(new RevokePublish("hq"));
        assertThat(parse("REVOKE REMOTE FROM branch")).isEqualTo(new RevokeRemote("branch", false));
        assertThat(parse("REVOKE CONSOLIDATE FROM hq")).isEqualTo(new RevokeRemote("hq", true));
        assertThat(parse("ALTER REMOTE TYPE file ADDRESS 'x'")).isEqualTo(new CreateMessageType("FILE", "x", true));
        assertThat(parse("ALTER CONSOLIDATE hq POISON PARK")).isEqualTo(new AlterRemote("hq", true, PoisonPolicy.PARK));
        assertThat(parse("alter remote type poison skip;")).isEqualTo(new AlterRemote("type", false, PoisonPolicy.SKIP));
        assertThat(parse("remote reset branch")).isEqualTo(new RemoteReset("branch"));
        assertThat(parse("ALTER REMOTE \"Message\" POISON HALT")).isEqualTo(new AlterRemote("Message", false, PoisonPolicy.HALT));
        assertThat(parse("CREATE REMOTE TYPE file")).isEqualTo(new CreateMessageType("FILE", null, false));
        assertThat(parse("DROP REMOTE MESSAGE TYPE FILE")).isEqualTo(new DropMessageType("FILE"));
        assertThat(parse("DROP PUBLICATION music")).isEqualTo(new DropPublication("music"));
        assertThat(parse("ALTER PUBLICATION music ADD TABLE t (a)")).isEqualTo(
                new AddTable("music", new TableReference(null, new Identifier("t", false), List.of(new Identifier("a", false)))));
        assertThat(parse("ALTER PUBLICATION music DROP TABLE t")).isEqualTo(new DropTable("music", table("t")));
        for (Verb verb : Verb.values()) {
            assertThat(parse(verb + " SUBSCRIPTION TO p ('v''w') FOR a, b")).isEqualTo(new ChangeSubscription(verb, "p", "v'w", List.of("a", "b")));
        }
    }

    @Test
    void namesOfOursFoldToLowerCaseUnlessQuotedAndTablesAreKeptAsWritten() throws SQLException {
        assertThat(parse("grant publish to HQ")).isEqualTo(new GrantPublish("hq"));
        assertThat(parse("grant publish to \"HQ-1.b\"")).isEqualTo(new GrantPublish("HQ-1.b"));
        assertThat(parse("CREATE PUBLICATION P (TABLE S.\"t\" (A, \"b\"))")).isEqualTo(new CreatePublication("p", List.of(
                new TableReference(new Identifier("S", false), new Identifier("t", true), List.of(new Identifier("A", false), new Identifier("b", true))))));
    }

    @Test
    void commentsAreSkipped() throws SQLException {
        assertThat(parse("/* set up */ GRANT -- who\n PUBLISH TO hq // done")).isEqualTo(new GrantPublish("hq"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", ";", "SELECT 1", "GRANT SELECT ON t TO u", "GRANT publish, other TO u", "GRANT \"PUBLISH\" TO u", "GRANT remote_role TO u", "REVOKE SELECT ON t FROM u", "REVOKE publish ON t FROM u",
        "CREATE PUBLICATION p FOR TABLE t", "CREATE PUBLICATION p FOR ALL TABLES", "CREATE PUBLICATION p", "CREATE PUBLICATION p;", "CREATE PUBLICATION p WITH (publish = 'insert')",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", "ALTER SUBSCRIPTION s DISABLE", "DROP SUBSCRIPTION s", "DROP SUBSCRIPTION IF EXISTS s", "DROP PUBLICATION IF EXISTS p", "DROP PUBLICATION p, q",
        "DROP PUBLICATION p CASCADE", "ALTER PUBLICATION p SET TABLE t", "ALTER PUBLICATION p OWNER TO u", "ALTER PUBLICATION p RENAME TO q", "SET xyz = 1", "SET REMOTE = 5", "SET REMOTE TO 5", "SET SCHEMA remote",
        "START TRANSACTION", "CALL p()", "STOP", "CREATE REMOTE TABLE t", "CREATE REMOTE SOURCE s", "ALTER TABLE t ADD a INT", "DROP TABLE t", "CREATE TABLE publication (a INT)", "'GRANT PUBLISH TO x'",
        "-- GRANT PUBLISH TO x", "EXPLAIN GRANT PUBLISH TO x", "{call p()}", "?", "SYNCHRONIZE", "START", "START AFTER", "SET sync = 1", "SET sync TO 5", "PAUSE",
        "CANCEL AFTER", "RESUME x", "ADMIN COMMAND 'shutdown'", "ADMIN"})
    void whatIsTheDatabasesIsLeftToIt(String sql) throws SQLException {
        assertThat(WaybillStatement.parse(sql)).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "GRANT PUBLISH TO | 17 | the end | the name of the publisher",
        "GRANT PUBLISH TO hq; GRANT PUBLISH TO b | 22 | GRANT | the end of the statement",
        "GRANT REMOTE TO branch ADDRESS 'x' | 24 | ADDRESS | TYPE",
        "GRANT REMOTE TO b TYPE FILE ADDRESS x | 37 | x | its address in single quotes",
        "GRANT REMOTE TO b TYPE FILE ADDRESS 'x | 37 | 'x | its address in single quotes",
        "GRANT REMOTE TO b TYPE FILE ADDRESS 'x' SEND EVERY '24:00:00' | 52 | '24:00:00' | a time as 'hh:mm:ss', up to '23:59:59'",
        "GRANT REMOTE TO b TYPE FILE ADDRESS 'x' SEND OFTEN | 46 | OFTEN | EVERY, AT or ON REQUEST",
        "CREATE PUBLICATION p TABLE t | 22 | TABLE | (",
        "CREATE PUBLICATION p (t) | 23 | t | TABLE",
        "CREATE PUBLICATION p (TABLE t (a, ) | 35 | ) | the name of a column",
        "CREATE PUBLICATION p (TABLE t | 30 | the end | , or )",
        "CREATE PUBLICATION | 19 | the end | the name of the publication",
        "CREATE SUBSCRIPTION music FOR branch | 21 | music | TO",
        "START SUBSCRIPTION TO music | 28 | the end | FOR",
        "SET REMOTE FILE OPTION directory '/x' | 34 | '/x' | =",
        "START AFTER COMMIT SELECT 1 | 20 | SELECT 1 | UNIQUE or NONUNIQUE",
        "START AFTER COMMIT UNIQUE ; | 27 | ; | a statement",
        "START AFTER COMMIT FOR EACH REPLICA region = 'EU' UNIQUE x | 37 | region = 'EU' UNIQUE x | WHERE",
        "START AFTER COMMIT FOR EACH REPLICA WHERE a = 'b' RETRY 5 UNIQUE x | 59 | UNIQUE x | ,",
        "START AFTER COMMIT FOR EACH REPLICA WHERE a = 'b' RETRY 1.5, 2 UNIQUE x | 57 | 1.5, 2 UNIQUE x | seconds as a whole number",
        "START AFTER COMMIT RETRY 5, 2 UNIQUE x | 20 | RETRY 5, 2 UNIQUE x | UNIQUE or NONUNIQUE",
        "SET SYNC PROPERTY a = 'b' | 26 | the end | FOR",
        "SET SYNC PROPERTY a = b FOR REPLICA c | 23 | b FOR REPLICA c | the value in single quotes",
        "CANCEL AFTER COMMIT JOB x | 25 | x | the id of a job as a whole number",
        "PAUSE AFTER COMMIT JOB 1 | 20 | JOB 1 | the end of the statement",
        "GRANT PUBLISH TO ? | 18 | ? | the name of the publisher"})
    void aWrongStatementSaysWhereAndWhatIsExpected(String sql, int position, String near, String expected) {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> WaybillStatement.parse(sql));
        assertThat((Throwable) refused).isInstanceOf(SQLSyntaxErrorException.class).hasMessageContaining("at position " + position + ", near \"" + near).hasMessageContaining("\": expected " + expected + ". Nothing")
                .hasMessageContaining("its full form is: ");
        assertThat(refused.getSQLState()).isEqualTo("42601");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"VERIFY CHANGED|VERIFY CHANGED", "verify all conflict keep_local|VERIFY ALL CONFLICT KEEP_LOCAL", "CONFLICT LAST|CONFLICT LAST",
        "WHERE a > 1 SUBSCRIBE BY a VERIFY VERSION \"a\" CONFLICT NEWEST (\"a\")|VERIFY VERSION \"a\" CONFLICT NEWEST (\"a\")", "CONFLICT ADD (a, \"b\")|CONFLICT ADD (\"a\", \"b\")", "CONFLICT MERGE|CONFLICT MERGE",
        "CONFLICT RESOLVER 'a.B'|CONFLICT RESOLVER 'a.B'", "CONFLICT CALL 'CALL it''s(?)'|CONFLICT CALL 'CALL it''s(?)'"})
    void whatIsVerifiedAndDecidedIsReadAndKept(String written, String kept) throws SQLException {
        WaybillStatement.CreatePublication statement = (WaybillStatement.CreatePublication) WaybillStatement.parse("CREATE PUBLICATION p (TABLE t " + written + ", TABLE u)");
        WrittenClauses clauses = statement.tables().get(0).clauses();
        List<String> names = clauses.columns().stream().map(Identifier::text).toList();
        Clauses read = new Clauses(new Verification(clauses.verify(), clauses.version() == null ? null : clauses.version().text()), clauses.conflict() == null ? null : new ConflictPolicy(clauses.conflict(), names, clauses.text()));
        assertThat(read.text()).isEqualTo(kept);
        assertThat(Clauses.of(kept)).isEqualTo(read);
        assertThat(statement.tables().get(1).clauses()).isEqualTo(WrittenClauses.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a b\"", "\"../x\"", "\"a/b\"", "\".a\"", "é", "\"-a\"", "\"a\nb\""})
    void namesThatCouldLeaveADirectoryAreRefused(String name) {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> WaybillStatement.parse("GRANT PUBLISH TO " + name));
        assertThat(WaybillError.NAME_NOT_ALLOWED.is(refused)).isTrue();
    }

    @Property(tries = 5000)
    void garbageIsTheDatabasesOrASyntaxErrorAndNothingElse(@ForAll("statements") String sql) {
        try {
            WaybillStatement.parse(sql);
        } catch (SQLException refused) {
            assertThat(WaybillError.STATEMENT_SYNTAX.is(refused) || WaybillError.NAME_NOT_ALLOWED.is(refused)).as(refused.getMessage()).isTrue();
        }
    }

    @Provide
    Arbitrary<String> statements() {
        Arbitrary<String> words = Arbitraries.of("GRANT", "REVOKE", "PUBLISH", "REMOTE", "CONSOLIDATE", "TO", "FROM", "CREATE", "ALTER", "DROP", "MESSAGE", "TYPE", "FILE", "ADDRESS", "'x'", "SEND", "EVERY", "AT",
                "'01:00'", "SET", "OPTION", "=", "PUBLICATION", "(", ")", "TABLE", ",", ".", "t", "\"Q\"", "\"\"", "SUBSCRIPTION", "START", "STOP", "SYNCHRONIZE", "FOR", "WHERE", "SUBSCRIBE", "BY", ";", "'", "\"", "?", "$$", "/*",
                "%s", "%", "\n", "é", "\u0000");
        Arbitrary<String> starts = Arbitraries.of("GRANT PUBLISH TO", "GRANT REMOTE TO b TYPE FILE", "CREATE PUBLICATION p (", "CREATE PUBLICATION", "CREATE SUBSCRIPTION TO", "SET REMOTE FILE OPTION", "START SUBSCRIPTION",
                "ALTER PUBLICATION p ADD", "DROP PUBLICATION", "CREATE REMOTE", "REVOKE PUBLISH", "");
        return net.jqwik.api.Combinators.combine(starts, words.list().ofMaxSize(12), Arbitraries.of(" ", "")).as((start, list, gap) -> start + " " + String.join(gap, list));
    }

    private static WaybillStatement parse(String sql) throws SQLException {
        WaybillStatement statement = WaybillStatement.parse(sql);
        assertThat(statement).as(sql).isNotNull();
        return statement;
    }

    private static TableReference table(String name) {
        return new TableReference(null, new Identifier(name, false), List.of());
    }
}
