// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.NameContext.LetterCase;
import dev.waybill.driver.facts.SqliteFactsReader;
import dev.waybill.publication.Catalogue;
import dev.waybill.statement.LexerRules;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** SQLite in a file, by its own driver. Stateless; any thread. */
record SqliteProduct(Dialect dialect) implements CaptureProduct {

    @Override
    public NameContext unknownNames() {
        return new NameContext(List.of(), LetterCase.AS_WRITTEN, true, 0, LexerRules.SQLITE);
    }

    @Override
    public NameContext names(Connection raw, long owner) {
        return new NameContext(List.of(SqliteFactsReader.TEMPORARY, ""), LetterCase.AS_WRITTEN, true, owner, LexerRules.SQLITE);
    }

    @Override
    public DatabaseFacts facts(Connection raw, Catalogue catalogue, Set<TableName> received, boolean temporary) throws SQLException {
        return new SqliteFactsReader(raw, catalogue, received).read(temporary);
    }

    @Override
    public TextPlanner planner(DatabaseFacts facts, NameContext names) {
        return new SqlitePlanner(facts, names)::plan;
    }

    @Override
    public ProductSession session(Connection raw) throws SQLException {
        return new SqliteSession(raw, dialect);
    }

    @Override
    public boolean hasPrefix() {
        return true;
    }

    @Override
    public String harmlessText() {
        return "SELECT 0";
    }
}
