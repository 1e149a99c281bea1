// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.H2FactsReader;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.NameContext.LetterCase;
import dev.waybill.publication.Catalogue;
import dev.waybill.statement.Lexer;
import dev.waybill.statement.LexerRules;
import dev.waybill.statement.Token;
import dev.waybill.statement.TokenKind;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** H2 2.x. Stateless; any thread. */
record H2Product(Dialect dialect) implements CaptureProduct {

    @Override
    public NameContext unknownNames() {
        return new NameContext(List.of(), LetterCase.UPPER, false, 0, LexerRules.H2);
    }

    @Override
    public NameContext names(Connection raw, long owner) throws SQLException {
        DatabaseMetaData metadata = raw.getMetaData();
        LetterCase letterCase = metadata.storesUpperCaseIdentifiers() ? LetterCase.UPPER : metadata.storesLowerCaseIdentifiers() ? LetterCase.LOWER : LetterCase.AS_WRITTEN;
        List<String> schemas = new ArrayList<>(List.of(raw.getSchema()));
        boolean ignoreCase = !metadata.supportsMixedCaseQuotedIdentifiers();
        schemas.addAll(searchPath(raw));
        return new NameContext(schemas, letterCase, ignoreCase, owner, LexerRules.H2);
    }

    private static List<String> searchPath(Connection raw) throws SQLException {
        List<String> path = new ArrayList<>();
        try (PreparedStatement statement = raw.prepareStatement("SELECT STATE_COMMAND FROM INFORMATION_SCHEMA.SESSION_STATE WHERE STATE_KEY = 'SCHEMA_SEARCH_PATH'");
                ResultSet row = statement.executeQuery()) {
            if (row.next()) {
                String command = row.getString(1);
                for (Token token : Lexer.tokens(command, LexerRules.H2)) {
                    if (token.kind() == TokenKind.QUOTED) {
                        path.add(token.value(command));
                    }
                }
            }
        }
        return path;
    }

    @Override
    public DatabaseFacts facts(Connection raw, Catalogue catalogue, Set<TableName> received, boolean temporary) throws SQLException {
        return new H2FactsReader(raw, catalogue, received).read(temporary);
    }

    @Override
    public TextPlanner planner(DatabaseFacts facts, NameContext names) {
        return new Planner(facts, names, dialect)::plan;
    }

    @Override
    public ProductSession session(Connection raw) {
        return new H2Session(raw);
    }

    @Override
    public String harmlessText() {
        return "CALL 0";
    }
}
