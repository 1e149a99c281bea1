// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** H2 inside this process, in files or in memory. Any thread. */
final class H2Product implements Product {

    private static final List<Variant> VARIANTS = List.of(Variant.BARE, Variant.OUTBOX, Variant.WAYBILL, Variant.AGENT);

    private final boolean inMemory;
    private final Map<Variant, String> urls = new EnumMap<>(Variant.class);
    private final List<Connection> open = new ArrayList<>();

    H2Product(boolean inMemory) throws IOException, SQLException {
        this.inMemory = inMemory;
        Path directory = Files.createTempDirectory("waybill-bench");
        for (Variant variant : VARIANTS) {
            urls.put(variant, inMemory ? "jdbc:h2:mem:" + variant + ";DB_CLOSE_DELAY=-1" : "jdbc:h2:file:" + directory.resolve(variant.name().toLowerCase(Locale.ROOT)));
            try (Connection connection = DriverManager.getConnection(urls.get(variant)); Statement statement = connection.createStatement()) {
                Schema.create(connection, "SYSTEM_RANGE($1, $2)");
                statement.execute("CREATE TABLE trail (payload VARBINARY(1000000) NOT NULL)");
            }
            Connection kept = connect(variant); // so that it stays open
            open.add(kept);
            if (variant.isWaybill()) {
                Schema.publish(kept);
            }
        }
    }

    @Override
    public String title() {
        return inMemory ? "H2 in memory" : "H2 file";
    }

    @Override
    public List<Variant> variants() {
        return VARIANTS;
    }

    @Override
    public String url(Variant variant) {
        return urls.get(variant);
    }

    @Override
    public void emptyOutbox(Variant variant) throws SQLException {
        if (variant == Variant.WAYBILL || variant == Variant.OUTBOX) {
            try (Connection raw = DriverManager.getConnection(urls.get(variant)); Statement statement = raw.createStatement()) {
                statement.executeUpdate("TRUNCATE TABLE " + (variant == Variant.OUTBOX ? "trail" : "waybill.outbox"));
            }
        }
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : open) {
            connection.close();
        }
    }
}
