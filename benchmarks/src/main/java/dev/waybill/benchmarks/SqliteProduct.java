// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** SQLite in files, in WAL mode, which all variants have, since an agent puts files into it; who has to wait for the one writer waits up to a minute. Any thread. */
final class SqliteProduct implements Product {

    private static final List<Variant> VARIANTS = List.of(Variant.BARE, Variant.OUTBOX, Variant.WAYBILL, Variant.TRIGGERS);

    private final Map<Variant, String> urls = new EnumMap<>(Variant.class);

    SqliteProduct() throws IOException, SQLException {
        Path directory = Files.createTempDirectory("waybill-bench");
        for (Variant variant : VARIANTS) {
            urls.put(variant, "jdbc:sqlite:" + directory.resolve(variant.name().toLowerCase(Locale.ROOT)) + "?journal_mode=WAL&busy_timeout=60000&transaction_mode=IMMEDIATE");
            try (Connection connection = DriverManager.getConnection(urls.get(variant)); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                Schema.create(connection, "(WITH RECURSIVE numbers(x) AS (SELECT $1 UNION ALL SELECT x + 1 FROM numbers WHERE x < $2) SELECT x FROM numbers)");
                statement.execute("CREATE TABLE trail (id INTEGER PRIMARY KEY, payload BLOB NOT NULL)");
                if (variant == Variant.TRIGGERS) {
                    Schema.triggers(connection, "BEGIN ", "; END");
                }
                connection.commit();
            }
            if (variant.isWaybill()) {
                try (Connection connection = connect(variant)) {
                    Schema.publish(connection);
                }
            }
        }
    }

    @Override
    public String title() {
        return "SQLite file";
    }

    @Override
    public List<Variant> variants() {
        return VARIANTS;
    }

    /** Eight writers only wait for one another. */
    @Override
    public List<Integer> threads() {
        return List.of(1);
    }

    @Override
    public String url(Variant variant) {
        return urls.get(variant);
    }

    /** It grows like the application's own tables. */
    @Override
    public void emptyOutbox(Variant variant) {
        // See above.
    }

    @Override
    public void close() {
        // The connections are closed, and the files are temporary.
    }
}
