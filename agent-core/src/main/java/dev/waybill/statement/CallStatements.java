// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import dev.waybill.call.Procedures.Right;
import dev.waybill.statement.WaybillStatement.Node;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The grammar of what neighbours ask of one another, one method for each rule. */
final class CallStatements {

    private static final int LONGEST_BODY = 100_000;
    private static final int LONGEST_VALUE = 128;
    private static final int LONGEST_USER = 256;

    private final Cursor at;

    CallStatements(Cursor at) {
        this.at = at;
    }

    /** Null, with nothing taken, when it is another one. */
    WaybillStatement statement() throws SQLException {
        if (at.takeWord("CALL")) {
            return call();
        } else if (at.takeWord("REFRESH")) {
            return refresh();
        } else if (at.takeWords("GRANT", "EXECUTE")) {
            return grantExecute(true);
        } else if (at.takeWords("REVOKE", "EXECUTE")) {
            return grantExecute(false);
        } else if (at.takeWords("GRANT", "REFRESH")) {
            return grantRefresh(true);
        } else if (at.takeWords("REVOKE", "REFRESH")) {
            return grantRefresh(false);
        } else if (at.takeWords("CREATE", "SYNC")) {
            return createUser();
        } else if (at.takeWords("DROP", "SYNC")) {
            at.means(Form.DROP_SYNC_USER);
            at.expectWord("USER");
            return new WaybillStatement.DropSyncUser(at.string("the user"));
        } else if (at.takeWords("SET", "CALL")) {
            return setTimeout();
        } else if (FirstWords.isOfProcedure(at.sql())) {
            return procedure();
        }
        return null;
    }

    private WaybillStatement call() throws SQLException {
        at.means(Form.CALL);
        String procedure = at.name("the remote procedure");
        String arguments = "";
        if (at.isSymbol("(")) {
            arguments = at.insideParentheses();
        }
        at.expectWord("AT");
        Node node = at.takeWord("DEFAULT") ? Node.DEFAULT : new Node(at.name("the database"));
        Duration timeout = null;
        if (at.takeWord("TIMEOUT")) {
            timeout = seconds();
        }
        return new WaybillStatement.CallAt(procedure, arguments, node, timeout);
    }

    private Duration seconds() throws SQLException {
        SQLException none = at.expected("seconds, from 1");
        int seconds = at.number("seconds");
        if (seconds < 1) {
            throw none;
        }
        return Duration.ofSeconds(seconds);
    }

    private WaybillStatement refresh() throws SQLException {
        at.means(Form.REFRESH);
        String publication = at.name("the publication");
        String value = value();
        boolean full = at.takeWord("FULL");
        boolean forever = false;
        Duration timeout = null;
        if (at.takeWord("TIMEOUT")) {
            forever = at.takeWord("FOREVER");
            timeout = forever ? null : seconds();
        }
        return new WaybillStatement.Refresh(publication, value, full, timeout, forever);
    }

    private String value() throws SQLException {
        if (!at.takeSymbol("(")) {
            return "";
        }
        SQLException notHere = at.expected("a value of at most " + LONGEST_VALUE + " characters");
        String value = at.string("the value");
        if (value.isEmpty() || value.length() > LONGEST_VALUE) {
            throw notHere;
        }
        at.expectSymbol(")");
        return value;
    }

    private WaybillStatement setTimeout() throws SQLException {
        at.means(Form.SET_CALL_TIMEOUT);
        at.expectWord("TIMEOUT");
        at.expectSymbol("=");
        return new WaybillStatement.SetCallTimeout(at.takeWord("DEFAULT") ? null : seconds());
    }

    private WaybillStatement procedure() throws SQLException {
        if (at.takeWord("DROP")) {
            at.means(Form.DROP_PROCEDURE);
            at.expectWord("REMOTE");
            at.expectWord("PROCEDURE");
            return new WaybillStatement.DropProcedure(at.name("the remote procedure"));
        }
        at.means(Form.CREATE_PROCEDURE);
        at.expectWord("CREATE");
        at.expectWord("REMOTE");
        at.expectWord("PROCEDURE");
        String procedure = at.name("the remote procedure");
        if (at.takeWord("CLASS")) {
            return new WaybillStatement.CreateProcedure(procedure, true, at.string("the name of a class"));
        }
        at.expectWord("AS");
        SQLException tooLong = at.expected("a statement of at most " + LONGEST_BODY + " characters");
        String body = at.rest("a statement");
        if (body.length() > LONGEST_BODY) {
            throw tooLong;
        }
        return new WaybillStatement.CreateProcedure(procedure, false, body);
    }

    private WaybillStatement grantExecute(boolean grants) throws SQLException {
        at.means(grants ? Form.GRANT_EXECUTE : Form.REVOKE_EXECUTE);
        at.expectWord("ON");
        at.expectWord("REMOTE");
        at.expectWord("PROCEDURE");
        String procedure = at.name("the remote procedure");
        List<String> nodes = nodes(grants);
        String runAs = grants && at.takeWord("AS") ? user() : "";
        return new WaybillStatement.ChangeRight(grants, Right.EXECUTE, procedure, nodes, runAs);
    }

    private WaybillStatement grantRefresh(boolean grants) throws SQLException {
        at.means(grants ? Form.GRANT_REFRESH : Form.REVOKE_REFRESH);
        at.expectWord("ON");
        at.expectWord("PUBLICATION");
        String publication = at.name("the publication");
        String value = value();
        return new WaybillStatement.ChangeRight(grants, Right.REFRESH, publication + (value.isEmpty() ? "" : " ('" + value + "')"), nodes(grants), "");
    }

    private List<String> nodes(boolean grants) throws SQLException {
        at.expectWord(grants ? "TO" : "FROM");
        List<String> nodes = new ArrayList<>();
        do {
            nodes.add(at.name("the database"));
        } while (at.takeSymbol(","));
        return nodes;
    }

    private WaybillStatement createUser() throws SQLException {
        at.means(Form.CREATE_SYNC_USER);
        at.expectWord("USER");
        String user = user();
        at.expectWord("PASSWORD");
        return new WaybillStatement.CreateSyncUser(user, at.string("where the password is, as 'file:/path'"));
    }

    private String user() throws SQLException {
        SQLException notHere = at.expected("a user's name of at most " + LONGEST_USER + " characters");
        String user = at.string("the user, as the database knows him");
        if (user.isEmpty() || user.length() > LONGEST_USER) {
            throw notHere;
        }
        return user;
    }
}
