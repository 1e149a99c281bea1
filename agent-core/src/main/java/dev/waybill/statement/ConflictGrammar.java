// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import dev.waybill.conflict.ConflictPolicy;
import dev.waybill.conflict.Verification;
import dev.waybill.publication.Identifier;
import dev.waybill.publication.WrittenClauses;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of an article:
 * <pre>
 *   [VERIFY {CHANGED | ALL | VERSION column}] [CONFLICT {LAST | KEEP_LOCAL | NEWEST (column) | MERGE | ADD (column, …) | RESOLVER 'class' | CALL 'statement'}]
 * </pre>
 */
final class ConflictGrammar {

    private static final int LONGEST_TEXT = 500;

    private final Cursor at;

    ConflictGrammar(Cursor at) {
        this.at = at;
    }

    WrittenClauses clauses() throws SQLException {
        Verification.Mode verify = Verification.Mode.NONE;
        Identifier version = null;
        if (at.takeWord("VERIFY")) {
            verify = mode();
            version = verify == Verification.Mode.VERSION ? at.identifier("the name of a column") : null;
        }
        if (!at.takeWord("CONFLICT")) {
            return new WrittenClauses(verify, version, null, List.of(), null);
        }
        ConflictPolicy.Kind kind = kind();
        return switch (kind) {
            case LAST, KEEP_LOCAL, MERGE -> new WrittenClauses(verify, version, kind, List.of(), null);
            case NEWEST, ADD -> new WrittenClauses(verify, version, kind, columns(kind == ConflictPolicy.Kind.NEWEST), null);
            case RESOLVER -> new WrittenClauses(verify, version, kind, List.of(), text("the name of a class"));
            case CALL -> new WrittenClauses(verify, version, kind, List.of(), text("a statement with one parameter"));
        };
    }

    private Verification.Mode mode() throws SQLException {
        for (Verification.Mode mode : List.of(Verification.Mode.CHANGED, Verification.Mode.ALL, Verification.Mode.VERSION)) {
            if (at.takeWord(mode.name())) {
                return mode;
            }
        }
        throw at.expected("CHANGED, ALL or VERSION");
    }

    private ConflictPolicy.Kind kind() throws SQLException {
        for (ConflictPolicy.Kind kind : ConflictPolicy.Kind.values()) {
            if (at.takeWord(kind.name())) {
                return kind;
            }
        }
        throw at.expected("LAST, KEEP_LOCAL, NEWEST, MERGE, ADD, RESOLVER or CALL");
    }

    private List<Identifier> columns(boolean one) throws SQLException {
        List<Identifier> columns = new ArrayList<>();
        at.expectSymbol("(");
        do {
            columns.add(at.identifier("the name of a column"));
        } while (!one && at.takeSymbol(","));
        at.expectSymbol(")");
        return columns;
    }

    private String text(String what) throws SQLException {
        SQLException notHere = at.expected(what + " of at most " + LONGEST_TEXT + " characters");
        String text = at.string(what);
        if (text.isBlank() || text.length() > LONGEST_TEXT) {
            throw notHere;
        }
        return text;
    }
}
