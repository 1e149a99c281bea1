// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import liquibase.database.DatabaseConnection;
import liquibase.database.core.UnsupportedDatabase;

/**
 * For Liquibase, which asks its databases for the driver's class by the URL: this one knows ours. Which database it is, Liquibase asks the connection; there this one never answers. As thread-safe as Liquibase's own.
 */
public final class LiquibaseUrl extends UnsupportedDatabase {

    /** Made by ServiceLoader. */
    public LiquibaseUrl() {
        // As its parent.
    }

    @Override
    public String getDefaultDriver(String url) {
        return Waybill.isOurs(url) ? Waybill.DRIVER : null;
    }

    /** Never: the product says its own name through us. */
    @Override
    public boolean isCorrectDatabaseImplementation(DatabaseConnection connection) {
        return false;
    }

    @Override
    public String getShortName() {
        return "waybill";
    }

    @Override
    protected String getDefaultDatabaseProductName() {
        return "Waybill";
    }
}
