// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.databases.MariaDbDatabase;
import dev.waybill.databases.MariaDbServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** MariaDB, on the server of the tests, which writes its log at COMMIT and leaves it to the system when that is on the disk: capture costs a larger share than with a disk to wait for. Any thread. */
final class MariaDbProduct implements Product {

    private static final List<Variant> VARIANTS = List.of(Variant.BARE, Variant.OUTBOX, Variant.WAYBILL, Variant.TRIGGERS);

    private final Map<Variant, String> urls = new EnumMap<>(Variant.class);

    MariaDbProduct() throws SQLException {
        for (Variant variant : VARIANTS) {
            MariaDbDatabase database = MariaDbServer.running().freshDatabase();
            urls.put(variant, database.url());
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                Schema.create(connection, "(SELECT seq AS x FROM seq_$1_to_$2) numbers");
                statement.execute("CREATE TABLE trail (id BIGINT AUTO_INCREMENT PRIMARY KEY, payload LONGBLOB NOT NULL)");
                if (variant == Variant.TRIGGERS) {
                    Schema.triggers(connection, "", "");
                }
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
        return "MariaDB without waiting for the disk";
    }

    @Override
    public List<Variant> variants() {
        return VARIANTS;
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

    /** The server ends with this process. */
    @Override
    public void close() {
        // See above.
    }
}
