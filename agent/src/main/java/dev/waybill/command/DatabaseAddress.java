// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import java.io.Console;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which database a command works on, and as whom. */
final class DatabaseAddress {

    private static final String PREFIX = "jdbc:waybill:";
    private static final int H2_FILE_IN_USE = 90020;

    @Parameters(index = "0", paramLabel = "JDBC-URL", description = "The database, as jdbc:h2:… or jdbc:waybill:h2:…")
    private String url;

    @Option(names = {"-u", "--user"}, paramLabel = "NAME", defaultValue = "${env:WAYBILL_USER}", description = "Database user (also WAYBILL_USER).")
    private String user;

    @Option(names = {"-W", "--ask-password"}, description = "Ask for the password; otherwise it is taken from WAYBILL_PASSWORD.")
    private boolean askPassword;

    /** The URL of the real driver. */
    String rawUrl() {
        if (!url.startsWith("jdbc:")) {
            throw new IllegalArgumentException("\"" + url + "\" is not a JDBC URL. Nothing was done. Write it as jdbc:h2:./hq or jdbc:waybill:h2:./hq.");
        }
        return url.startsWith(PREFIX) ? "jdbc:" + url.substring(PREFIX.length()) : url;
    }

    /** A connection of the real driver. */
    Connection connectRaw() throws SQLException {
        return connect(rawUrl());
    }

    /** As {@link #connectRaw}; an embedded database is then closed by the agent that ends, not by a hook of the database's own that runs beside it. */
    Connection connectForAgent() throws SQLException {
        String raw = rawUrl();
        return connect(raw.startsWith("jdbc:h2:") && !raw.toUpperCase(Locale.ROOT).contains("DB_CLOSE_ON_EXIT") ? raw + ";DB_CLOSE_ON_EXIT=FALSE" : raw);
    }

    private Connection connect(String rawUrl) throws SQLException {
        try {
            return DriverManager.getConnection(rawUrl, properties());
        } catch (SQLException refused) {
            if (refused.getErrorCode() == H2_FILE_IN_USE) {
                throw new SQLException("The H2 file of " + rawUrl.replaceAll(";.*", "") + " is open in another process, and an embedded H2 file belongs to one process. Nothing was done. The agent works beside that"
                        + " application (waybill.agent=auto); to look in from outside, add ;AUTO_SERVER=TRUE to the URL on both sides, or close the application.", refused.getSQLState(), refused);
            }
            throw refused;
        }
    }

    /** A connection of our driver, with no agent beside it. */
    Connection connectThroughDriver() throws SQLException {
        Properties properties = properties();
        properties.setProperty("waybill.agent", "off");
        return DriverManager.getConnection(PREFIX + rawUrl().substring("jdbc:".length()), properties);
    }

    /** User and password, as far as given. */
    Properties properties() {
        var properties = new Properties();
        if (user != null && !user.isEmpty()) {
            properties.setProperty("user", user);
        }
        String password = askPassword ? ask() : System.getenv("WAYBILL_PASSWORD");
        if (password != null) {
            properties.setProperty("password", password);
        }
        return properties;
    }

    private static String ask() {
        Console console = System.console();
        if (console == null) {
            throw new IllegalStateException("There is no terminal to ask for a password on. Nothing was done. Give it in WAYBILL_PASSWORD.");
        }
        return new String(console.readPassword("Password: "));
    }
}
