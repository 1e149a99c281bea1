// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

/**
 * Whose statement it is, by its first words. What a database has under the same words stays the database's:
 * <pre>
 *   GRANT|REVOKE        {PUBLISH|REMOTE|CONSOLIDATE} {TO|FROM}      GRANT SELECT …, GRANT remote, other TO … are not ours; a role of that name is reached by quoting it
 *   CREATE|ALTER|DROP   REMOTE [MESSAGE] TYPE
 *   ALTER               {REMOTE|CONSOLIDATE} name POISON
 *   REMOTE              RESET name
 *   SET                 REMOTE type OPTION                          SET REMOTE = …, SET REMOTE TO … are not
 *   CREATE PUBLICATION  p (                                         p FOR TABLE, p WITH, p alone are PostgreSQL's; anything else is a mistake that we explain
 *   ALTER PUBLICATION   p {ADD|DROP}                                p SET, OWNER, RENAME are PostgreSQL's
 *   DROP PUBLICATION    p                                           IF EXISTS, lists, CASCADE are PostgreSQL's
 *   CREATE SUBSCRIPTION TO p                                        s CONNECTION is PostgreSQL's
 *   DROP SUBSCRIPTION   TO p
 *   START|STOP|SYNCHRONIZE SUBSCRIPTION                             START TRANSACTION is not
 *   PASSTHROUGH         {ONLY|FOR|STOP}
 *   START|CANCEL|PAUSE|RESUME AFTER COMMIT
 *   ADMIN COMMAND       'cleanbgjobinfo'
 *   CALL                p[(…)] AT {name|DEFAULT} [TIMEOUT n]        CALL p(…), CALL x AT TIME ZONE 'UTC', CALL x AT LOCAL are not
 *   REFRESH             name                                        REFRESH MATERIALIZED VIEW is PostgreSQL's
 *   CREATE|DROP         REMOTE PROCEDURE, SYNC USER
 *   GRANT|REVOKE        EXECUTE ON REMOTE PROCEDURE, REFRESH ON PUBLICATION
 *   SET CALL TIMEOUT
 *   SAVE
 *   PUT_PARAM|GET_PARAM (
 *   GRANT|REVOKE        PROPAGATE {TO|FROM}
 *   RETRY|DISCARD       TENTATIVE                                   DISCARD ALL is PostgreSQL's
 *   SET SYNC PROPERTY                                               SET sync = …, SET sync TO … are not
 * </pre>
 */
final class FirstWords {

    private final String sql;
    private final Lexer lexer;

    private FirstWords(String sql) {
        this.sql = sql;
        lexer = new Lexer(sql, LexerRules.H2);
    }

    static boolean isOurs(String sql) {
        FirstWords words = new FirstWords(sql);
        return words.lexer.next() == TokenKind.WORD && words.isOurVerb();
    }

    private boolean isOurVerb() {
        return switch (lexer.end() - lexer.start()) {
            case 3 -> lexer.isWord("SET") && sets();
            case 4 -> lexer.isWord("SAVE") || (lexer.isWord("CALL") && callsAt()) || (lexer.isWord("STOP") && follows("SUBSCRIPTION")) || (lexer.isWord("DROP") && drops());
            case 5 -> (lexer.isWord("GRANT") && grants("TO")) || (lexer.isWord("START") && starts()) || (lexer.isWord("ALTER") && alters())
                    || (lexer.isWord("PAUSE") && followsAfterCommit()) || (lexer.isWord("ADMIN") && cleans()) || (lexer.isWord("RETRY") && follows("TENTATIVE"));
            case 6 -> (lexer.isWord("CREATE") && creates()) || (lexer.isWord("REVOKE") && grants("FROM")) || (lexer.isWord("REMOTE") && follows("RESET"))
                    || ((lexer.isWord("CANCEL") || lexer.isWord("RESUME")) && followsAfterCommit());
            case 7 -> (lexer.isWord("REFRESH") && refreshes()) || (lexer.isWord("DISCARD") && follows("TENTATIVE"));
            case 9 -> (lexer.isWord("PUT_PARAM") || lexer.isWord("GET_PARAM")) && lexer.next() == TokenKind.SYMBOL && lexer.isSymbol("(");
            case 11 -> lexer.isWord("SYNCHRONIZE") && follows("SUBSCRIPTION") || lexer.isWord("PASSTHROUGH") && passes();
            default -> false;
        };
    }

    private boolean grants(String preposition) {
        lexer.next();
        if (lexer.isWord("EXECUTE")) {
            return follows("ON") && follows("REMOTE") && follows("PROCEDURE");
        } else if (lexer.isWord("REFRESH")) {
            return follows("ON") && follows("PUBLICATION");
        } else if (lexer.isWord("PROPAGATE")) {
            return follows(preposition);
        }
        boolean ours = lexer.isWord("PUBLISH") || lexer.isWord("REMOTE") || lexer.isWord("CONSOLIDATE");
        boolean revokesPublish = lexer.isWord("PUBLISH") && preposition.equals("FROM");
        return ours && (follows(preposition) || revokesPublish && isAtEnd());
    }

    private boolean starts() {
        lexer.next();
        return lexer.isWord("SUBSCRIPTION") || lexer.isWord("AFTER") && follows("COMMIT");
    }

    private boolean passes() {
        lexer.next();
        return lexer.isWord("ONLY") || lexer.isWord("FOR") || lexer.isWord("STOP");
    }

    private boolean followsAfterCommit() {
        return follows("AFTER") && follows("COMMIT");
    }

    private boolean cleans() {
        return follows("COMMAND") && lexer.next() == TokenKind.STRING && lexer.value().equalsIgnoreCase("cleanbgjobinfo");
    }

    private boolean sets() {
        lexer.next();
        return lexer.isWord("REMOTE") ? setsOption() : lexer.isWord("SYNC") && follows("PROPERTY") || lexer.isWord("CALL") && follows("TIMEOUT");
    }

    private boolean setsOption() {
        TokenKind kind = lexer.next();
        return kind == TokenKind.WORD && !lexer.isWord("TO");
    }

    private boolean creates() {
        lexer.next();
        if (lexer.isWord("PUBLICATION")) {
            return createsPublication();
        }
        if (lexer.isWord("SUBSCRIPTION")) {
            return createsSubscription();
        }
        return lexer.isWord("REMOTE") && namesTypeOrProcedure() || lexer.isWord("SYNC") && follows("USER");
    }

    private boolean createsPublication() {
        if (!isName(lexer.next())) {
            return true;
        }
        lexer.next();
        return !(isAtEnd() || lexer.isWord("FOR") || lexer.isWord("WITH"));
    }

    private boolean createsSubscription() {
        lexer.next();
        return lexer.isWord("TO") || !follows("CONNECTION");
    }

    private boolean alters() {
        lexer.next();
        if (lexer.isWord("PUBLICATION") && isName(lexer.next())) {
            lexer.next();
            return lexer.isWord("ADD") || lexer.isWord("DROP");
        }
        return lexer.isWord("REMOTE") && namesType() || altersUser(sql);
    }

    /** {@code ALTER {REMOTE|CONSOLIDATE} name POISON}: the name may be that of the word TYPE, in quotes or not. */
    static boolean altersUser(String sql) {
        Lexer words = new Lexer(sql, LexerRules.H2);
        words.next();
        boolean alters = words.isWord("ALTER");
        words.next();
        boolean one = words.isWord("REMOTE") || words.isWord("CONSOLIDATE");
        boolean named = isName(words.next());
        words.next();
        return alters && one && named && words.isWord("POISON");
    }

    private boolean drops() {
        lexer.next();
        if (lexer.isWord("PUBLICATION")) {
            if (!isName(lexer.next())) {
                return true;
            }
            lexer.next();
            return isAtEnd();
        }
        return lexer.isWord("SUBSCRIPTION") ? follows("TO") : lexer.isWord("REMOTE") && namesTypeOrProcedure() || lexer.isWord("SYNC") && follows("USER");
    }

    private boolean namesTypeOrProcedure() {
        return namesType() || lexer.isWord("PROCEDURE");
    }

    /** {@code {CREATE|DROP} REMOTE PROCEDURE}. */
    static boolean isOfProcedure(String sql) {
        FirstWords words = new FirstWords(sql);
        words.lexer.next();
        return (words.lexer.isWord("CREATE") || words.lexer.isWord("DROP")) && words.follows("REMOTE") && words.follows("PROCEDURE");
    }

    /** {@code CALL name[(…)] AT name [TIMEOUT n]}, to the end: nothing else that begins with CALL is ours. */
    private boolean callsAt() {
        if (!isName(lexer.next())) {
            return false;
        }
        lexer.next();
        int depth = 0;
        while (lexer.kind() != TokenKind.END && (depth > 0 || lexer.isSymbol("("))) {
            depth += lexer.isSymbol("(") ? 1 : lexer.isSymbol(")") ? -1 : 0;
            lexer.next();
        }
        if (!lexer.isWord("AT")) {
            return false;
        }
        boolean named = isName(lexer.next()) && !lexer.isWord("LOCAL");
        boolean time = lexer.isWord("TIME");
        lexer.next();
        return named && !(time && lexer.isWord("ZONE")) && (isAtEnd() || lexer.isWord("TIMEOUT"));
    }

    private boolean refreshes() {
        return isName(lexer.next()) && !lexer.isWord("MATERIALIZED");
    }

    private boolean namesType() {
        lexer.next();
        return lexer.isWord("TYPE") || lexer.isWord("MESSAGE");
    }

    private boolean follows(String word) {
        lexer.next();
        return lexer.isWord(word);
    }

    private boolean isAtEnd() {
        return lexer.kind() == TokenKind.END || lexer.isSymbol(";");
    }

    private static boolean isName(TokenKind kind) {
        return kind == TokenKind.WORD || kind == TokenKind.QUOTED;
    }
}
