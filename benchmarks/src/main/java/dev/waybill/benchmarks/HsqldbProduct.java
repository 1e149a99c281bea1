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

/** HSQLDB inside this process, in files, in MVCC mode, with its log written at each COMMIT. It has no triggers in SQL that write JSON, so none are compared. Any thread. */
final class HsqldbProduct implements Product {

    private static final List<Variant> VARIANTS = List.of(Variant.BARE, Variant.OUTBOX, Variant.WAYBILL);

    private final Map<Variant, String> urls = new EnumMap<>(Variant.class);
    private final List<Connection> open = new ArrayList<>();

    HsqldbProduct() throws IOException, SQLException {
        Path directory = Files.createTempDirectory("waybill-bench");
        for (Variant variant : VARIANTS) {
            String name = variant.name().toLowerCase(Locale.ROOT);
            urls.put(variant, "jdbc:hsqldb:file:" + directory.resolve(name).resolve(name) + ";hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true");
            Connection kept = DriverManager.getConnection(urls.get(variant)); // so that it stays open
            open.add(kept);
            try (Statement statement = kept.createStatement()) {
                Schema.create(kept, "UNNEST(SEQUENCE_ARRAY($1, $2, 1)) AS numbers(x)");
                statement.execute("CREATE TABLE trail (id BIGINT GENERATED ALWAYS AS IDENTITY, payload VARBINARY(1000000) NOT NULL)");
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
        return "HSQLDB file";
    }

    @Override
    public List<Variant> variants() {
        return VARIANTS;
    }

    @Override
    public String url(Variant variant) {
        return urls.get(variant);
    }

    /** Its tables are in memory: what nobody takes away would fill that. */
    @Override
    public void emptyOutbox(Variant variant) throws SQLException {
        if (variant != Variant.BARE) {
            try (Connection raw = DriverManager.getConnection(url(variant)); Statement statement = raw.createStatement()) {
                statement.executeUpdate("DELETE FROM " + (variant == Variant.OUTBOX ? "trail" : "waybill.outbox"));
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
