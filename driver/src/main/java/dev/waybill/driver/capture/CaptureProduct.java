// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.capture.ConnectionCapture.UpdatableRows;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.publication.Catalogue;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;

/** What is one database product's own in capture: how texts are read and planned, and what its transactions and sessions do. Stateless; any thread. */
interface CaptureProduct {

    /** The product of this dialect; null when capture does not know it. */
    static CaptureProduct of(Dialect dialect) {
        return switch (dialect.name()) {
            case "h2" -> new H2Product(dialect);
            case "postgresql" -> new PostgresProduct(dialect);
            case "sqlite" -> new SqliteProduct(dialect);
            case "mariadb" -> new MariaDbProduct((MariaDbDialect) dialect);
            case "hsqldb" -> new HsqldbProduct(dialect);
            default -> null;
        };
    }

    /** What names mean while nothing is published or received: then they are not looked up. */
    NameContext unknownNames();

    /**
     * What names mean on this connection now.
     *
     * @param owner not 0 for a connection that shares no plans
     */
    NameContext names(Connection raw, long owner) throws SQLException;

    /**
     * What plans are made from.
     *
     * @param received  tables that other databases send here
     * @param temporary whether this session's temporary tables count
     */
    DatabaseFacts facts(Connection raw, Catalogue catalogue, Set<TableName> received, boolean temporary) throws SQLException;

    /** Makes plans from these facts. */
    TextPlanner planner(DatabaseFacts facts, NameContext names);

    /** What has to be known of one connection while it is open; closed with it. */
    ProductSession session(Connection raw) throws SQLException;

    /** Whether our tables have a prefix, since there are no schemas inside a database: then {@code waybill.x} stands for {@code waybill_x}. */
    default boolean hasPrefix() {
        return false;
    }

    /** What an updatable result set of this product writes. */
    default UpdatableRows updatable(CapturingConnection connection, ResultSet rows) {
        return new CapturingRows(connection, rows);
    }

    /** The text that goes over to this catalogue as {@link Connection#setCatalog} does; null where that goes nowhere. */
    default String entering(String catalog) {
        return null;
    }

    /** A text that can be prepared and does nothing. */
    String harmlessText();

    /** Makes the plan of a text. Never fails: what it cannot read it plans the careful way. Any thread. */
    @FunctionalInterface
    interface TextPlanner {
        Plan plan(String sql);
    }
}
