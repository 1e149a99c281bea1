// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.GenericFactsReader;
import dev.waybill.driver.facts.HsqldbHiddenWrites;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.NameContext.LetterCase;
import dev.waybill.publication.Catalogue;
import dev.waybill.statement.LexerRules;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** HSQLDB 2.7, in this process. Stateless; any thread. */
record HsqldbProduct(Dialect dialect) implements CaptureProduct {

    @Override
    public NameContext unknownNames() {
        return new NameContext(List.of(), LetterCase.UPPER, false, 0, LexerRules.HSQLDB);
    }

    @Override
    public NameContext names(Connection raw, long owner) throws SQLException {
        return new NameContext(List.of(raw.getSchema()), LetterCase.UPPER, false, owner, LexerRules.HSQLDB);
    }

    @Override
    public DatabaseFacts facts(Connection raw, Catalogue catalogue, Set<TableName> received, boolean temporary) throws SQLException {
        return new GenericFactsReader(raw, dialect, catalogue, received).read(new HsqldbHiddenWrites(raw));
    }

    @Override
    public TextPlanner planner(DatabaseFacts facts, NameContext names) {
        return new GenericPlanner(facts, names, dialect)::plan;
    }

    @Override
    public ProductSession session(Connection raw) {
        return new HsqldbSession(raw, dialect);
    }

    @Override
    public String harmlessText() {
        return "CALL 0";
    }
}
