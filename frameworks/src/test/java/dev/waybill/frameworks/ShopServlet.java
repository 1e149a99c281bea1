// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A web application that publishes, writes and lets the agent beside it work, and closes its connection in the end: deregistering drivers it leaves to the container. */
public final class ShopServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    private transient Connection connection;

    @Override
    public void init() throws ServletException {
        try {
            Class.forName("dev.waybill.driver.WaybillDriver");
            connection = DriverManager.getConnection("jdbc:waybill:h2:mem:shop");
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY, what VARCHAR(50))");
                statement.execute("GRANT PUBLISH TO shop");
                statement.execute("CREATE PUBLICATION sales (TABLE sale)");
                statement.execute("INSERT INTO sale VALUES (1, 'a lamp')");
                long until = System.nanoTime() + PATIENCE_NANOS;
                while (sequenced(statement) == 0 && System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                getServletContext().setAttribute("sequenced", sequenced(statement));
                getServletContext().setAttribute("loader", connection.unwrap(Class.forName("dev.waybill.driver.WaybillConnection")).getClass().getClassLoader());
            }
        } catch (SQLException | ClassNotFoundException failed) {
            throw new ServletException(failed);
        }
    }

    private static int sequenced(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM waybill.journal")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    public void destroy() {
        try {
            connection.close();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
