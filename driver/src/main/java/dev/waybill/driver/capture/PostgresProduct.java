// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.NameContext.LetterCase;
import dev.waybill.driver.facts.PostgresFactsReader;
import dev.waybill.publication.Catalogue;
import dev.waybill.statement.LexerRules;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** PostgreSQL, by its own driver. Stateless; any thread. */
record PostgresProduct(Dialect dialect) implements CaptureProduct {

    @Override
    public NameContext unknownNames() {
        return new NameContext(List.of(), LetterCase.LOWER_ASCII, false, 0, LexerRules.POSTGRESQL);
    }

    /** The path as it is searched: with this session's temporary schema, and the system's, where they stand in it. */
    @Override
    public NameContext names(Connection raw, long owner) throws SQLException {
        List<String> schemas = new ArrayList<>();
        boolean backslashes = false;
        try (Statement statement = raw.createStatement();
                ResultSet rows = statement.executeQuery("SELECT s.schema, pg_catalog.current_setting('standard_conforming_strings') FROM pg_catalog.unnest(pg_catalog.current_schemas(true)) WITH ORDINALITY AS s (schema, place) ORDER BY s.place")) {
            while (rows.next()) {
                schemas.add(rows.getString(1));
                backslashes = rows.getString(2).equals("off");
            }
        }
        return new NameContext(schemas, LetterCase.LOWER_ASCII, false, owner, backslashes ? LexerRules.POSTGRESQL_BACKSLASHES : LexerRules.POSTGRESQL);
    }

    @Override
    public DatabaseFacts facts(Connection raw, Catalogue catalogue, Set<TableName> received, boolean temporary) throws SQLException {
        return new PostgresFactsReader(raw, catalogue, received).read(temporary);
    }

    @Override
    public TextPlanner planner(DatabaseFacts facts, NameContext names) {
        return new PostgresPlanner(facts, names, dialect)::plan;
    }

    @Override
    public ProductSession session(Connection raw) throws SQLException {
        return new PostgresSession(raw, dialect);
    }

    @Override
    public String harmlessText() {
        return "SELECT 0";
    }
}
