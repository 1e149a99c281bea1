// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import dev.waybill.call.Procedures.Right;
import dev.waybill.tentative.ErrorMode;
import dev.waybill.tentative.SavedWork;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The grammar of tentative work, one method for each rule. */
final class TentativeStatements {

    private static final int LONGEST_VALUE = 4_000;

    private final Cursor at;

    TentativeStatements(Cursor at) {
        this.at = at;
    }

    /** Null, with nothing taken, when it is another one. */
    WaybillStatement statement() throws SQLException {
        if (at.takeWord("SAVE")) {
            return save();
        } else if (at.takeWord("PUT_PARAM")) {
            at.means(Form.PUT_PARAM);
            at.expectSymbol("(");
            String name = at.string("the parameter");
            at.expectSymbol(",");
            String value = at.takeWord("NULL") ? null : value();
            at.expectSymbol(")");
            return new WaybillStatement.PutParameter(name, value);
        } else if (at.takeWord("GET_PARAM")) {
            at.means(Form.GET_PARAM);
            at.expectSymbol("(");
            String name = at.string("the parameter");
            at.expectSymbol(")");
            return new WaybillStatement.GetParameter(name);
        } else if (at.takeWords("GRANT", "PROPAGATE")) {
            return propagate(true);
        } else if (at.takeWords("REVOKE", "PROPAGATE")) {
            return propagate(false);
        } else if (at.takeWords("RETRY", "TENTATIVE")) {
            return control(false);
        } else if (at.takeWords("DISCARD", "TENTATIVE")) {
            return control(true);
        }
        return null;
    }

    private WaybillStatement save() throws SQLException {
        at.means(Form.SAVE);
        if (at.takeWords("PROPERTY", "VALUE")) {
            throw at.expected("the name of a property before VALUE");
        } else if (at.takeWord("PROPERTY")) {
            String name = at.name("the property");
            at.expectWord("VALUE");
            return new WaybillStatement.SaveProperty(name, at.takeWord("NONE") ? null : value());
        }
        ErrorMode mode = null;
        for (ErrorMode each : ErrorMode.values()) {
            mode = mode == null && at.takeWord(each + "_ERRORS") ? each : mode;
        }
        SQLException tooLong = at.expected("a statement of at most " + SavedWork.LONGEST + " characters");
        String statement = at.rest("a statement");
        if (statement.length() > SavedWork.LONGEST) {
            throw tooLong;
        }
        return new WaybillStatement.Save(statement, mode);
    }

    private String value() throws SQLException {
        SQLException tooLong = at.expected("a value of at most " + LONGEST_VALUE + " characters");
        String value = at.string("the value");
        if (value.length() > LONGEST_VALUE) {
            throw tooLong;
        }
        return value;
    }

    private WaybillStatement propagate(boolean grants) throws SQLException {
        at.means(grants ? Form.GRANT_PROPAGATE : Form.REVOKE_PROPAGATE);
        at.expectWord(grants ? "TO" : "FROM");
        List<String> nodes = new ArrayList<>();
        do {
            nodes.add(at.name("the database"));
        } while (at.takeSymbol(","));
        String runAs = grants && at.takeWord("AS") ? at.string("the user, as the database knows him") : "";
        String validator = grants && at.takeWord("VALIDATOR") ? at.name("the remote procedure") : "";
        return new WaybillStatement.ChangeRight(grants, Right.PROPAGATE, validator, nodes, runAs);
    }

    private WaybillStatement control(boolean discards) throws SQLException {
        at.means(Form.CONTROL_TENTATIVE);
        at.expectWord("TRANSACTION");
        return new WaybillStatement.ControlTentative(discards, at.id("the number of a saved transaction"));
    }
}
