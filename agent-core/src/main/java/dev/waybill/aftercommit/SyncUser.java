// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A user of the database as whom the agent may work for others: {@code CREATE SYNC USER}. Immutable.
 *
 * @param name   as he logs in
 * @param secret where his password is
 */
public record SyncUser(String name, String secret) {

    /**
     * Null when nobody said where his password is.
     *
     * @param user as the database itself knows him; MariaDB knows from where he comes, too
     */
    public static SyncUser of(Connection raw, Dialect dialect, String user) throws SQLException {
        SyncUser[] found = new SyncUser[1];
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        sql.each(row -> found[0] = new SyncUser(login(dialect, row.getString(1)), row.getString(2)), "SELECT user_name, secret FROM #sync_user WHERE user_name = ? OR user_name = ?", user, login(dialect, user));
        return found[0];
    }

    private static String login(Dialect dialect, String user) {
        int at = dialect.name().equals("mariadb") ? user.lastIndexOf('@') : -1;
        return at < 0 ? user : user.substring(0, at);
    }

    /**
     * A connection as him.
     *
     * @throws SQLException SYNC_USER_SECRET when his password is not where it is said to be
     */
    public Connection connect(JobConnections connections) throws SQLException {
        String password;
        try {
            password = SecretReference.of(secret).read();
        } catch (IOException missing) {
            throw WaybillError.SYNC_USER_SECRET.because(missing, name, missing.getMessage());
        }
        return connections.open(name, password);
    }

    @Override
    public String toString() {
        return name;
    }
}
