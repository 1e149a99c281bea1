// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.MalformedException;
import dev.waybill.change.ShapeCodec;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.complete.CompleteCapture;
import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.LogOffset;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Reads the catalogue from its tables. Stateless; any thread, one connection at a time. Starts and ends no transaction. */
public final class CatalogueStore {

    /** Some databases leave the first nought of an hour away, some the seconds where there are none. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("H:mm[:ss]");

    private static final int MOST_ATTEMPTS = 100;

    private final Connection raw;
    private final Dialect dialect;

    CatalogueStore(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
    }

    /**
     * The catalogue as this connection sees it, whole at one version; {@link Catalogue#NONE} when the database has none.
     *
     * @throws SQLException CATALOGUE_TOO_NEW, CATALOGUE_TOO_OLD; CATALOGUE_CHANGING when it changes faster than it can be read
     */
    public static Catalogue load(Connection raw, Dialect dialect) throws SQLException {
        return dialect.hasCatalogue(raw) ? new CatalogueStore(raw, dialect).load() : Catalogue.NONE;
    }

    /** Lets the board know what the database says when it knows nothing yet. Called when a connection opens, after it has registered and outside of any transaction. */
    public static void acquaint(CatalogueBoard board, Connection raw, Dialect dialect) throws SQLException {
        if (board.catalogue().isSameAs(Catalogue.NONE)) {
            upgradeIfAlone(raw, dialect);
            board.announce(load(raw, dialect));
        }
        if (board.received() == CatalogueBoard.Received.UNKNOWN) {
            board.receives(received(raw, dialect));
        }
    }

    /** An older catalogue is brought up to date without being asked where no other process can be at work on it, so that the application is all that has to be renewed. */
    private static void upgradeIfAlone(Connection raw, Dialect dialect) throws SQLException {
        if (!dialect.mayBeEmbedded() || !dialect.hasCatalogue(raw) || !dialect.isEmbedded(raw)) {
            return; // most connections that come here find no catalogue at all, and an installer reads scripts
        }
        CatalogueInstaller installer = new CatalogueInstaller(dialect, UUID::randomUUID, InstantSource.system());
        if (installer.needsInstall(raw)) {
            try {
                installer.install(raw);
            } catch (SQLException hindered) {
                expectFormat(raw, dialect, hindered);
            }
        }
    }

    /**
     * Whether this program can work with the catalogue that is there.
     *
     * @throws SQLException CATALOGUE_TOO_NEW, CATALOGUE_TOO_OLD
     */
    public static void expectFormat(Connection raw, Dialect dialect) throws SQLException {
        expectFormat(raw, dialect, null);
    }

    private static void expectFormat(Connection raw, Dialect dialect, SQLException cause) throws SQLException {
        for (int format : new CatalogueStore(raw, dialect).query("SELECT format FROM " + dialect.catalogueTable("catalogue") + " WHERE one = 1", row -> row.getInt(1))) {
            expectFormat(format, cause);
        }
    }

    private static void expectFormat(int format, SQLException cause) throws SQLException {
        if (format > CatalogueInstaller.FORMAT) {
            throw WaybillError.CATALOGUE_TOO_NEW.because(cause, format, CatalogueInstaller.FORMAT);
        }
        if (format < CatalogueInstaller.FORMAT) {
            throw WaybillError.CATALOGUE_TOO_OLD.because(cause, format, CatalogueInstaller.FORMAT);
        }
    }

    static Set<TableName> received(Connection raw, Dialect dialect) throws SQLException {
        return dialect.hasCatalogue(raw) ? Set.copyOf(new CatalogueStore(raw, dialect).query("SELECT DISTINCT table_schema, table_name FROM " + dialect.catalogueTable("received_table"),
                row -> new TableName(row.getString(1), row.getString(2)))) : Set.of();
    }

    /** The publications in force at a version. */
    static List<Publication> publicationsAt(Connection raw, Dialect dialect, long version) throws SQLException {
        return new CatalogueStore(raw, dialect).publications(version);
    }

    /** Reads again while the version moves under it: under READ COMMITTED each statement sees its own moment. */
    Catalogue load() throws SQLException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            Head head = head();
            Catalogue read = new Catalogue(head.version, head.incarnation, head.publisher, messageTypes(), remoteUsers(), publications(head.version), subscriptions(), CompleteCapture.isOn(raw, dialect));
            if (head().equals(head)) {
                return read;
            }
        }
        throw WaybillError.CATALOGUE_CHANGING.with(MOST_ATTEMPTS);
    }

    private record Head(long version, UUID incarnation, String publisher) {}

    private Head head() throws SQLException {
        return query("SELECT format, version, incarnation, publisher FROM " + table("catalogue") + " WHERE one = 1", row -> {
            expectFormat(row.getInt(1), null);
            return new Head(row.getLong(2), dialect.uuid(row, 3), row.getString(4));
        }).get(0);
    }

    private List<MessageType> messageTypes() throws SQLException {
        Map<String, Map<String, String>> options = new TreeMap<>();
        query("SELECT type_name, name, setting FROM " + table("message_type_option"),
                row -> options.computeIfAbsent(row.getString(1), type -> new TreeMap<>()).put(row.getString(2), row.getString(3)));
        return query("SELECT type_name, address FROM " + table("message_type") + " ORDER BY type_name",
                row -> new MessageType(row.getString(1), row.getString(2), options.getOrDefault(row.getString(1), Map.of())));
    }

    private List<RemoteUser> remoteUsers() throws SQLException {
        return query("SELECT user_name, consolidate, type_name, address, frequency, send_time, poison FROM " + table("remote_user") + " ORDER BY user_name", row -> {
            String frequency = row.getString(5);
            LocalTime time = row.getString(6) == null ? null : LocalTime.parse(row.getString(6), TIME);
            return new RemoteUser(row.getString(1), row.getString(2).equals("Y"), row.getString(3), row.getString(4),
                    frequency.equals("E") ? Duration.ofSeconds(time.toSecondOfDay()) : null, frequency.equals("A") ? time : null, PoisonPolicy.valueOf(row.getString(7)), frequency.equals("A") && time == null);
        });
    }

    private List<Publication> publications(long version) throws SQLException {
        Map<Long, List<Article>> articles = new TreeMap<>();
        query("SELECT publication_id, shape, where_condition, subscribe_by, conflict_policy FROM " + table("article") + inForce(version) + " ORDER BY article_id",
                row -> articles.computeIfAbsent(row.getLong(1), id -> new ArrayList<>()).add(ArticleCode.decode(row.getBytes(2), row.getString(3), row.getString(4), row.getString(5))));
        return query("SELECT publication_id, publication_name FROM " + table("publication") + inForce(version) + " ORDER BY publication_id", row -> {
            List<Article> own = articles.getOrDefault(row.getLong(1), List.of());
            return new Publication(row.getString(2), own.stream().mapToLong(article -> article.table().version()).max().orElse(version), own);
        });
    }

    private List<Subscription> subscriptions() throws SQLException {
        return query("SELECT p.publication_name, s.user_name, s.subscribe_by, s.state, s.created, s.started, s.stopped, s.snapshot FROM " + table("subscription") + " s JOIN " + table("publication")
                + " p ON p.publication_id = s.publication_id ORDER BY 1, 2, 3",
                row -> new Subscription(row.getString(1), row.getString(2), row.getString(3).isEmpty() ? null : row.getString(3), Subscription.State.valueOf(row.getString(4)),
                        offset(row, 5), offset(row, 6), offset(row, 7), offset(row, 8)));
    }

    private static String inForce(long version) {
        return " WHERE since_version <= " + version + " AND (until_version IS NULL OR until_version > " + version + ")";
    }

    private static LogOffset offset(ResultSet row, int column) throws SQLException {
        long bytes = row.getLong(column);
        return row.wasNull() ? null : new LogOffset(bytes);
    }

    private String table(String name) {
        return dialect.catalogueTable(name);
    }

    private <T> List<T> query(String sql, Row<T> reader) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql); ResultSet rows = statement.executeQuery()) {
            List<T> read = new ArrayList<>();
            while (rows.next()) {
                read.add(reader.read(rows));
            }
            return read;
        }
    }

    /** Reads one row. */
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}
