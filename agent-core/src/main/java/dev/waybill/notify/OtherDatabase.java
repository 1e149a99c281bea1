// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The database that a notifier's {@code connect_string} names, where it is another one. Stateless; any thread. */
final class OtherDatabase {

    private OtherDatabase() {}

    static Connection connect(NotifierSettings settings) throws SQLException {
        Properties properties = new Properties();
        if (settings.user() != null) {
            properties.setProperty("user", settings.user());
        }
        if (settings.password() != null) {
            try {
                properties.setProperty("password", SecretReference.of(settings.password()).read());
            } catch (IOException | IllegalArgumentException missing) {
                throw new SQLException("connect_password of notifier " + settings.name() + ": " + missing.getMessage(), "28000", missing);
            }
        }
        return DriverManager.getConnection(settings.connect(), properties);
    }
}
