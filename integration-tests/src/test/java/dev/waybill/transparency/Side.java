// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/**
 * One of the two databases that are held against each other: the same content, reached by the bare driver or by ours. What a scenario has changed is brought back; when that is not enough, there is a new database.
 * One thread.
 */
final class Side implements AutoCloseable {

    private final Ground ground;
    private final boolean isOurs;
    private final List<String> more;
    private String url;
    private Connection anchor;
    private String initial;
    private boolean isChanged;
    private Connection kept;

    /** With these statements after the content is there. */
    Side(Ground ground, boolean isOurs, List<String> more) {
        this.ground = ground;
        this.isOurs = isOurs;
        this.more = more;
    }

    /** A connection to a database with the content, as good as new. */
    Connection open() throws SQLException {
        if (anchor == null || isChanged && !isBroughtBack()) {
            renew();
        }
        isChanged = false;
        Connection given = kept == null ? connect() : kept;
        kept = null;
        return given;
    }

    /** A connection besides. */
    Connection another() throws SQLException {
        return connect();
    }

    /** It is used again when nothing but things made from it can have changed: to connect to a server takes longer than the call that is looked at. */
    void giveBack(Connection used, Class<?> touched) throws SQLException {
        if (touched == Connection.class || isChanged || !ground.keepsConnections() || used.isClosed()) {
            used.close();
            return;
        }
        if (!used.getAutoCommit()) {
            used.rollback();
            used.setAutoCommit(true);
        }
        used.clearWarnings();
        kept = used;
    }

    private boolean isBroughtBack() throws SQLException {
        if (!content(anchor).equals(initial)) {
            run(anchor, ground.bringBack());
        }
        return content(anchor).equals(initial);
    }

    private void renew() throws SQLException {
        close();
        url = ground.freshUrl(isOurs);
        anchor = DriverManager.getConnection(url);
        run(anchor, ground.content());
        try (Connection connection = connect()) {
            run(connection, more);
        }
        initial = answers(anchor);
    }

    private static void run(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Without an agent: it would lock what a scenario locks. What cannot be captured is let pass: here is asked what the application sees when it runs. */
    private Connection connect() throws SQLException {
        Properties info = new Properties();
        if (isOurs) {
            info.setProperty("waybill.agent", "off");
            info.setProperty("waybill.uncaptured", "allow");
        }
        return DriverManager.getConnection(isOurs ? url.replaceFirst("^jdbc:", "jdbc:waybill:") : url, info);
    }

    /** What is in the database now, as this connection of ours sees it. */
    String after(Connection connection) throws SQLException {
        String content = content(connection);
        isChanged = !content.equals(initial);
        return content;
    }

    private String content(Connection connection) throws SQLException {
        if (connection.isClosed()) {
            return "closed";
        }
        try {
            return answers(connection);
        } catch (SQLException failed) {
            return "\n" + Described.exception(failed);
        }
    }

    private String answers(Connection connection) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (Statement statement = connection.createStatement()) {
            for (String query : ground.questions()) {
                try (ResultSet rows = statement.executeQuery(query)) {
                    text.append('\n').append(Described.rows(rows));
                }
            }
            text.append('\n').append(connection.getAutoCommit()).append(' ').append(connection.getTransactionIsolation()).append(' ').append(connection.getSchema());
        }
        return text.toString();
    }

    @Override
    public void close() throws SQLException {
        if (kept != null) {
            kept.close();
            kept = null;
        }
        if (anchor != null) {
            anchor.close();
        }
    }
}
