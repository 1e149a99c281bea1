// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.driver.setting.CaptureMode;
import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Boards;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.Publications;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Opens capture on connections to databases that have a dialect. What connections to one database share lives while one of them does. Any thread. */
public final class CapturingSource implements CaptureSource {

    private static final System.Logger LOG = System.getLogger(CapturingSource.class.getName());

    private final InstantSource clock;
    private final Map<String, WeakReference<DatabaseCapture>> databases = new ConcurrentHashMap<>();

    /** @param clock of commit times */
    public CapturingSource(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public ConnectionCapture open(Connection raw, String url, WaybillSettings settings, ColumnViews views) throws SQLException {
        Dialect dialect = dialect(raw);
        CaptureProduct product = dialect == null ? null : CaptureProduct.of(dialect);
        if (settings.capture() == CaptureMode.COMPLETE && (product == null || dialect.triggers() == null)) {
            throw WaybillError.CAPTURE_NOT_OFFERED.with(raw.getMetaData().getDatabaseProductName());
        }
        if (product == null) {
            return PASS_THROUGH.open(raw, url, settings, views);
        }
        DatabaseCapture database = database(dialect.databaseKey(raw), dialect, product);
        CapturingConnection connection = new CapturingConnection(raw, database, settings, views);
        CatalogueStore.acquaint(database.board(), raw, dialect);
        if (settings.capture() == CaptureMode.COMPLETE && !raw.isReadOnly()) {
            captureCompletely(raw, database, settings);
        }
        return connection;
    }

    /** What is published already is captured by triggers from now on; what will be published, from its publication on. */
    private void captureCompletely(Connection raw, DatabaseCapture database, WaybillSettings settings) throws SQLException {
        Catalogue catalogue = database.board().catalogue();
        if (!catalogue.complete() && !catalogue.publications().isEmpty()) {
            new Publications(new Administration(raw, database.dialect(), database.board(), clock, false, settings.patience(), true)).capture();
        }
    }

    /** Null for a product that nobody has written a dialect for: then nothing can be published there either. A server that others know by another driver is refused by this one: they may have published there. */
    private static Dialect dialect(Connection raw) throws SQLException {
        try {
            return Dialects.of(raw);
        } catch (SQLException unknown) {
            if (!WaybillError.PRODUCT_UNKNOWN.is(unknown) || raw.getMetaData().getDatabaseProductVersion().contains("MariaDB")) {
                throw unknown;
            }
            LOG.log(System.Logger.Level.WARNING, "Nothing is captured on this connection: {0}", unknown.getMessage());
            return null;
        }
    }

    private DatabaseCapture database(String key, Dialect dialect, CaptureProduct product) {
        databases.values().removeIf(held -> held.get() == null);
        DatabaseCapture[] found = new DatabaseCapture[1];
        databases.compute(key, (same, held) -> {
            found[0] = held == null ? null : held.get();
            if (found[0] != null) {
                return held;
            }
            found[0] = new DatabaseCapture(dialect, product, Boards.of(key), clock);
            return new WeakReference<>(found[0]);
        });
        return found[0];
    }
}
