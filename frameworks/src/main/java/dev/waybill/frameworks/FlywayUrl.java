// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import java.sql.Connection;
import java.sql.Types;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.internal.database.base.BaseDatabaseType;
import org.flywaydb.core.internal.database.base.Database;
import org.flywaydb.core.internal.jdbc.JdbcConnectionFactory;
import org.flywaydb.core.internal.jdbc.StatementInterceptor;
import org.flywaydb.core.internal.parser.Parser;
import org.flywaydb.core.internal.parser.ParsingContext;

/**
 * For Flyway, which asks its database types about a URL before it connects: this one knows ours, and the class of the driver. Which database it is, Flyway asks the connection; there this one never answers. Stateless; any thread.
 */
public final class FlywayUrl extends BaseDatabaseType {

    /** Made by ServiceLoader. */
    public FlywayUrl() {
        // Stateless.
    }

    @Override
    public String getName() {
        return "Waybill";
    }

    @Override
    public int getNullType() {
        return Types.NULL;
    }

    @Override
    public boolean handlesJDBCUrl(String url) {
        return Waybill.isOurs(url);
    }

    @Override
    public String getDriverClass(String url, ClassLoader classLoader) {
        return Waybill.DRIVER;
    }

    /** Never: the product says its own name through us. */
    @Override
    public boolean handlesDatabaseProductNameAndVersion(String name, String version, Connection connection) {
        return false;
    }

    @Override
    public Database<?> createDatabase(Configuration configuration, JdbcConnectionFactory connections, StatementInterceptor interceptor) {
        throw notADatabase();
    }

    @Override
    public Parser createParser(Configuration configuration, ResourceProvider resources, ParsingContext context) {
        throw notADatabase();
    }

    private static IllegalStateException notADatabase() {
        return new IllegalStateException("jdbc:waybill: is a way to a database, not a database; the connection names it");
    }
}
