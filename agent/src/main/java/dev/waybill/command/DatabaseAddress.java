// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.aftercommit.JobConnections;
import dev.waybill.error.Secrets;
import dev.waybill.error.WaybillError;
import java.io.Console;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which database a command works on, and as whom. Its errors are for people and never show a password. */
final class DatabaseAddress {

    private static final String PREFIX = "jdbc:waybill:";
    private static final String H2 = "jdbc:h2:";
    private static final int H2_FILE_IN_USE = 90020;
    private static final int H2_NO_SUCH_DATABASE = 90146;
    private static final String WRONG_USER = "28000";
    private static final Pattern PLAIN_WORD = Pattern.compile("[\\w:/.@%+=,-]*");

    @Parameters(index = "0", paramLabel = "JDBC-URL", description = "The database, as jdbc:h2:./hq or jdbc:waybill:h2:./hq")
    private String url;

    @Option(names = {"-u", "--user"}, paramLabel = "NAME", defaultValue = "${env:WAYBILL_USER}", description = "Database user (also WAYBILL_USER).")
    private String user;

    @Option(names = {"-W", "--ask-password"}, description = "Ask for the password; otherwise it is taken from WAYBILL_PASSWORD.")
    private boolean askPassword;

    private String password;
    private boolean asksNobody;

    /** Another database than the one that the command line begins with, by a URL and a user of its own; its password is in its URL or in this variable. */
    static DatabaseAddress other(String url, String user, String passwordVariable) {
        DatabaseAddress other = new DatabaseAddress();
        other.url = url;
        other.user = user;
        other.password = System.getenv(passwordVariable);
        other.asksNobody = true;
        return other;
    }

    /** The URL of the real driver. */
    String rawUrl() {
        if (!url.startsWith("jdbc:")) {
            throw new IllegalArgumentException("\"" + Secrets.hidden(url) + "\" is not a JDBC URL. Nothing was done. Write it as jdbc:h2:./hq or jdbc:waybill:h2:./hq.");
        }
        return url.startsWith(PREFIX) ? "jdbc:" + url.substring(PREFIX.length()) : url;
    }

    /** The URL of the real driver as a word for a shell, without passwords. */
    String shownUrl() {
        String shown = Secrets.hidden(rawUrl());
        return PLAIN_WORD.matcher(shown).matches() ? shown : "'" + shown + "'";
    }

    /** A connection of the real driver to a database that is there. */
    Connection connectRaw() throws SQLException {
        return connect(with(rawUrl(), "IFEXISTS", "TRUE"), properties());
    }

    /** The same; an embedded database that is not there is made. */
    Connection connectOrMake() throws SQLException {
        return connect(rawUrl(), properties());
    }

    /** As {@link #connectRaw}; an embedded database is then closed by the agent that ends, not by a hook of the database's own that runs beside it. */
    Connection connectForAgent() throws SQLException {
        return connect(with(with(rawUrl(), "IFEXISTS", "TRUE"), "DB_CLOSE_ON_EXIT", "FALSE"), properties());
    }

    /** As {@link #connectForAgent}, of our driver: what it writes is captured. */
    Connection connectForJobs() throws SQLException {
        return connectForJobs(properties());
    }

    /** The same, as another user of the database. */
    private Connection connectForJobs(String other, String hisPassword) throws SQLException {
        Properties properties = properties();
        properties.setProperty("user", other);
        properties.setProperty("password", hisPassword);
        return connectForJobs(properties);
    }

    /** For after-commit jobs and remote procedures. */
    JobConnections jobs() {
        return new JobConnections() {
            @Override
            public Connection open() throws SQLException {
                return connectForJobs();
            }

            @Override
            public Connection open(String other, String hisPassword) throws SQLException {
                return connectForJobs(other, hisPassword);
            }
        };
    }

    private Connection connectForJobs(Properties properties) throws SQLException {
        properties.setProperty("waybill.agent", "off");
        return connect(PREFIX + with(with(rawUrl(), "IFEXISTS", "TRUE"), "DB_CLOSE_ON_EXIT", "FALSE").substring("jdbc:".length()), properties);
    }

    /** A connection of our driver, with no agent beside it; an embedded database that is not there is made. */
    Connection connectThroughDriver() throws SQLException {
        Properties properties = properties();
        properties.setProperty("waybill.agent", "off");
        return connect(PREFIX + rawUrl().substring("jdbc:".length()), properties);
    }

    private static String with(String rawUrl, String parameter, String value) {
        return rawUrl.startsWith(H2) && !rawUrl.toUpperCase(Locale.ROOT).contains(";" + parameter + "=") ? rawUrl + ";" + parameter + "=" + value : rawUrl;
    }

    private Connection connect(String to, Properties properties) throws SQLException {
        if (!hasDriver()) {
            throw WaybillError.DRIVER_MISSING.with(Secrets.hidden(rawUrl()), "name its jar in the environment variable WAYBILL_CLASSPATH");
        }
        try {
            return DriverManager.getConnection(to, properties);
        } catch (SQLException refused) {
            throw explained(refused);
        }
    }

    private boolean hasDriver() throws SQLException {
        for (Iterator<Driver> drivers = DriverManager.drivers().iterator(); drivers.hasNext(); ) {
            if (drivers.next().acceptsURL(rawUrl())) {
                return true;
            }
        }
        return false;
    }

    /** With the remedy that belongs to a command line, where there is one. */
    private SQLException explained(SQLException refused) {
        String name = Secrets.hidden(rawUrl()).replaceAll(";.*", "");
        if (refused.getErrorCode() == H2_FILE_IN_USE) {
            return new SQLException("The H2 file of " + name + " is open in another process, and an embedded H2 file belongs to one process. Nothing was done. The agent works beside that"
                    + " application (waybill.agent=auto); to look in from outside, add ;AUTO_SERVER=TRUE to the URL on both sides, or close the application.", refused.getSQLState());
        }
        if (refused.getErrorCode() == H2_NO_SUCH_DATABASE) {
            return new SQLException("There is no database " + name + ". Nothing was done, and none was made. Correct the URL; relative paths begin at the present directory.", refused.getSQLState());
        }
        if (WRONG_USER.equals(refused.getSQLState())) {
            return new SQLException(name + " refuses the user or the password. Nothing was done. Give the user with --user or in WAYBILL_USER, the password in WAYBILL_PASSWORD or with --ask-password.",
                    refused.getSQLState());
        }
        return refused;
    }

    /** User and password, as far as given. */
    private Properties properties() {
        var properties = new Properties();
        if (user != null && !user.isEmpty()) {
            properties.setProperty("user", user);
        }
        if (password == null && !asksNobody) {
            password = askPassword ? ask() : System.getenv("WAYBILL_PASSWORD");
        }
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
        char[] answer = console.readPassword("Password: ");
        return answer == null ? "" : new String(answer);
    }
}
