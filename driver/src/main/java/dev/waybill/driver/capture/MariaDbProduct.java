// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.capture.ConnectionCapture.UpdatableRows;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.MariaDbFactsReader;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.NameContext.LetterCase;
import dev.waybill.publication.Catalogue;
import dev.waybill.statement.LexerRules;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

/** MariaDB, by its own driver. Stateless; any thread. */
record MariaDbProduct(MariaDbDialect dialect) implements CaptureProduct {

    @Override
    public NameContext unknownNames() {
        return new NameContext(List.of(), LetterCase.AS_WRITTEN, false, 0, LexerRules.MARIADB);
    }

    /** The present database, how names of tables are compared, and how sql_mode has texts read. */
    @Override
    public NameContext names(Connection raw, long owner) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT DATABASE(), @@lower_case_table_names, @@sql_mode")) {
            row.next();
            String database = row.getString(1);
            String mode = row.getString(3);
            LexerRules rules = LexerRules.mariaDb(!mode.contains("NO_BACKSLASH_ESCAPES"), mode.contains("ANSI_QUOTES"));
            return new NameContext(List.of(database == null ? "" : dialect.schema(database, null)), LetterCase.AS_WRITTEN, row.getInt(2) > 0, owner, rules);
        }
    }

    @Override
    public DatabaseFacts facts(Connection raw, Catalogue catalogue, Set<TableName> received, boolean temporary) throws SQLException {
        return new MariaDbFactsReader(raw, dialect, catalogue, received).read();
    }

    @Override
    public TextPlanner planner(DatabaseFacts facts, NameContext names) {
        return new MariaDbPlanner(facts, names, dialect)::plan;
    }

    @Override
    public ProductSession session(Connection raw) throws SQLException {
        return new MariaDbSession(raw, dialect);
    }

    @Override
    public UpdatableRows updatable(CapturingConnection connection, ResultSet rows) {
        return new MariaDbUpdatableRows(connection, rows, dialect);
    }

    @Override
    public String entering(String catalog) {
        return "USE " + dialect.quote(catalog);
    }

    @Override
    public boolean hasPrefix() {
        return !dialect.home().equalsIgnoreCase("waybill");
    }

    @Override
    public String harmlessText() {
        return "DO 0";
    }
}
