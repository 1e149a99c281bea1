// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import dev.waybill.dialect.CatalogueSql;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Deed;
import dev.waybill.secret.SecretReference;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What neighbours may call here, who may do what, and as whom. Each is a transaction of its own, noted in {@code waybill.audit}. Used by the thread of the connection. */
public final class Procedures {

    /** What a right is for. */
    public enum Right { EXECUTE, REFRESH, PROPAGATE }

    private final Administration administration;

    public Procedures(Administration administration) {
        this.administration = administration;
    }

    /**
     * Registers it. Nobody may call it yet.
     *
     * @param body a statement, with a question mark for each argument, or the name of a class
     * @throws SQLException PROCEDURE_EXISTS
     */
    public void create(String procedure, boolean ofClass, String body) throws SQLException {
        perform("CREATE REMOTE PROCEDURE", procedure, body, sql -> {
            if (isThere(sql, procedure)) {
                throw WaybillError.PROCEDURE_EXISTS.with(procedure);
            }
            sql.run("INSERT INTO #remote_procedure (procedure_name, made_of, body, created_at) VALUES (?, ?, ?, ?)", procedure, ofClass ? "CLASS" : "SQL", body, administration.dialect().moment(administration.clock().instant()));
        });
    }

    /** It is no more, and no rights to it are left. */
    public void drop(String procedure) throws SQLException {
        perform("DROP REMOTE PROCEDURE", procedure, null, sql -> {
            expect(sql, procedure);
            sql.run("DELETE FROM #remote_right WHERE deed = 'EXECUTE' AND subject = ?", procedure);
            sql.run("DELETE FROM #remote_procedure WHERE procedure_name = ?", procedure);
        });
    }

    /**
     * Lets these neighbours do it.
     *
     * @param runAs the sync user as whom it runs; empty for the agent's own
     */
    public void grant(Right right, String subject, List<String> nodes, String runAs) throws SQLException {
        perform("GRANT " + right, subject, nodes + (runAs.isEmpty() ? "" : " AS " + runAs), sql -> {
            expect(sql, right, subject);
            if (!runAs.isEmpty() && sql.number("SELECT COUNT(*) FROM #sync_user WHERE user_name = ?", runAs) == 0) {
                throw WaybillError.SYNC_USER_UNKNOWN.with(runAs);
            }
            for (String node : nodes) {
                if (sql.number("SELECT COUNT(*) FROM #remote_user WHERE user_name = ?", node) == 0) {
                    throw WaybillError.CALL_NODE.with(node);
                }
                sql.run("DELETE FROM #remote_right WHERE deed = ? AND (subject = ? OR deed = 'PROPAGATE') AND node = ?", right.name(), subject, node);
                sql.run("INSERT INTO #remote_right (deed, subject, node, run_as) VALUES (?, ?, ?, ?)", right.name(), subject, node, runAs);
            }
        });
    }

    /** They may not any more. */
    public void revoke(Right right, String subject, List<String> nodes) throws SQLException {
        perform("REVOKE " + right, subject, nodes.toString(), sql -> {
            for (String node : nodes) {
                sql.run("DELETE FROM #remote_right WHERE deed = ? AND (subject = ? OR deed = 'PROPAGATE') AND node = ?", right.name(), subject, node);
            }
        });
    }

    /**
     * The agent may work as this user of the database.
     *
     * @param secret where his password is
     * @throws SQLException SYNC_USER_SECRET for a password itself
     */
    public void createUser(String user, String secret) throws SQLException {
        if (!SecretReference.isReference(secret)) {
            throw WaybillError.SYNC_USER_SECRET.with(user, SecretReference.EXPECTED);
        }
        perform("CREATE SYNC USER", user, secret, sql -> {
            sql.run("DELETE FROM #sync_user WHERE user_name = ?", user);
            sql.run("INSERT INTO #sync_user (user_name, secret) VALUES (?, ?)", user, secret);
        });
    }

    /** The agent works as him no longer: what was to run so is refused. */
    public void dropUser(String user) throws SQLException {
        perform("DROP SYNC USER", user, null, sql -> {
            if (sql.run("DELETE FROM #sync_user WHERE user_name = ?", user) == 0) {
                throw WaybillError.SYNC_USER_UNKNOWN.with(user);
            }
        });
    }

    private static void expect(CatalogueSql sql, Right right, String subject) throws SQLException {
        if (right == Right.EXECUTE || right == Right.PROPAGATE && !subject.isEmpty()) {
            expect(sql, subject);
        } else if (right == Right.PROPAGATE) {
            return; // nobody validates
        } else if (sql.number("SELECT COUNT(*) FROM #publication WHERE publication_name = ? AND until_version IS NULL", subject.replaceFirst(" .*", "")) == 0) {
            List<String> known = new ArrayList<>();
            sql.each(row -> known.add(row.getString(1)), "SELECT publication_name FROM #publication WHERE until_version IS NULL ORDER BY publication_name");
            throw WaybillError.PUBLICATION_UNKNOWN.with(subject, known.isEmpty() ? "none" : String.join(", ", known));
        }
    }

    private static void expect(CatalogueSql sql, String procedure) throws SQLException {
        if (!isThere(sql, procedure)) {
            throw WaybillError.PROCEDURE_UNKNOWN.with(procedure);
        }
    }

    private static boolean isThere(CatalogueSql sql, String procedure) throws SQLException {
        return sql.number("SELECT COUNT(*) FROM #remote_procedure WHERE procedure_name = ?", procedure) > 0;
    }

    private interface Work {
        void run(CatalogueSql sql) throws SQLException;
    }

    private void perform(String what, String subject, String after, Work work) throws SQLException {
        if (administration.wrote()) {
            throw WaybillError.CATALOGUE_IN_TRANSACTION.with(what);
        }
        if (!administration.dialect().hasCatalogue(administration.raw())) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
        Deed deed = new Deed(administration.raw(), administration.dialect(), administration.clock());
        deed.perform(raw -> {
            work.run(new CatalogueSql(raw, administration.dialect()));
            deed.note(what, subject, null, after);
            return null;
        });
        administration.board().signalCommit();
    }
}
