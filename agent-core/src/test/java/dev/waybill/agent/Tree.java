// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionWriter;
import dev.waybill.journal.OutboxWriter;
import dev.waybill.link.LinkFactory;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Databases above and below one another, over a shared folder, whose agents the test turns. What is written to them is captured with whole images of before and after. */
final class Tree implements AutoCloseable {

    final VirtualClock clock = new VirtualClock();
    private final Path folder;
    private final Random random;
    private final Map<String, Site> sites = new LinkedHashMap<>();
    private final Set<String> asleep = new HashSet<>();

    Tree(Path folder, long seed) {
        this.folder = folder;
        this.random = new Random(seed);
    }

    /** A database with a publisher. */
    Site site(String name, String url, String... tables) throws SQLException {
        Site site = new Site(url, clock, LinkFactory.standard(clock, new Random(name.hashCode()), Site::daemon), name.hashCode());
        sites.put(name, site);
        site.say(tables);
        return site.say("GRANT PUBLISH TO " + name, "CREATE REMOTE MESSAGE TYPE FILE ADDRESS '" + name + "'", "SET REMOTE FILE OPTION directory = '" + folder + "'");
    }

    Site memory(String name, String... tables) throws SQLException {
        return site(name, "jdbc:h2:mem:" + name + UUID.randomUUID(), tables);
    }

    Site site(String name) {
        return sites.get(name);
    }

    /** Another database takes this one's place. */
    void replace(String name, Site other) {
        sites.put(name, other);
    }

    Tree below(String upper, String lower) throws SQLException {
        site(upper).say("GRANT REMOTE TO " + lower + " TYPE FILE ADDRESS '" + lower + "' SEND EVERY '00:00:00'");
        site(lower).say("GRANT CONSOLIDATE TO " + upper + " TYPE FILE ADDRESS '" + upper + "' SEND EVERY '00:00:00'");
        return this;
    }

    /** Both publish to one another, from now on. */
    Tree bothWays(String upper, String lower, String publication) throws SQLException {
        site(upper).say("CREATE SUBSCRIPTION TO " + publication + " FOR " + lower, "START SUBSCRIPTION TO " + publication + " FOR " + lower);
        site(lower).say("CREATE SUBSCRIPTION TO " + publication + " FOR " + upper, "START SUBSCRIPTION TO " + publication + " FOR " + upper);
        return this;
    }

    /** Does not turn until it is woken. */
    void sleep(String name) {
        asleep.add(name);
    }

    void wake(String name) {
        asleep.remove(name);
    }

    void turn() throws SQLException {
        for (Map.Entry<String, Site> site : sites.entrySet()) {
            if (!asleep.contains(site.getKey())) {
                site.getValue().turn();
            }
        }
        clock.pass(Duration.ofMillis(250));
    }

    /** Turns until nobody has anything left to say. */
    void settle() throws SQLException {
        asleep.clear();
        String before = "";
        int same = 0;
        for (int round = 0; round < 400; round++) {
            turn();
            String now = state();
            same = now.equals(before) && isQuiet() ? same + 1 : 0;
            before = now;
            if (same == 4) {
                return;
            }
        }
        throw new AssertionError("not quiet:\n" + before + troubles());
    }

    private String state() throws SQLException {
        StringBuilder all = new StringBuilder();
        for (Site site : sites.values()) {
            all.append(site.rows("SELECT user_name, log_sent, confirm_sent, log_received, log_scanned FROM waybill.remote_user ORDER BY user_name")).append(site.rows("SELECT log_offset FROM waybill.journal_head"));
        }
        return all.toString();
    }

    private boolean isQuiet() throws SQLException {
        for (Site site : sites.values()) {
            boolean owes = !site.rows("SELECT 1 FROM waybill.remote_user WHERE confirm_sent <> log_sent OR log_scanned <> (SELECT log_offset FROM waybill.journal_head)").isEmpty();
            if (owes || !site.rows("SELECT COUNT(*) FROM waybill.outbox").equals("0\n")) {
                return false;
            }
        }
        return true;
    }

    String troubles() throws SQLException {
        StringBuilder all = new StringBuilder();
        for (Map.Entry<String, Site> site : sites.entrySet()) {
            all.append(site.getKey()).append(": ").append(site.getValue().rows("SELECT user_name, state, state_reason, receive_state, receive_reason, log_sent, confirm_sent, log_received FROM waybill.remote_user"));
        }
        return all.toString();
    }

    Random random() {
        return random;
    }

    /** Writes of one transaction. */
    interface Work {
        void on(Writes writes) throws SQLException, IOException;
    }

    /** Runs the work in one transaction, captured. */
    void write(String name, Work work) throws SQLException, IOException {
        Site site = site(name);
        site.application.setAutoCommit(false);
        Writes writes = new Writes(site);
        work.on(writes);
        writes.finish();
        site.application.commit();
        site.application.setAutoCommit(true);
        site.board.signalCommit();
    }

    /** Captured changes of one transaction; every table has its key in the column {@code id}. */
    final class Writes {
        private final Site site;
        private final Catalogue catalogue;
        private final UUID id = new UUID(random.nextLong(), random.nextLong());
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final TransactionWriter writer = new TransactionWriter(bytes);
        private long changes;

        Writes(Site site) throws SQLException, IOException {
            this.site = site;
            this.catalogue = CatalogueStore.load(site.application, site.dialect);
            writer.write(new TransactionRecord.Begin(id, catalogue.publisher(), "clerk of " + catalogue.publisher(), List.of()));
        }

        /** An INSERT, UPDATE or DELETE of the row with this key; false when nothing was changed. */
        boolean run(String table, Object key, String sql, Object... values) throws SQLException, IOException {
            TableShape shape = catalogue.captured(new TableName(site.dialect.hasSchemas() ? site.dialect.fold("public") : "", site.dialect.fold(table)));
            RowImage before = row(shape, key);
            try (PreparedStatement statement = site.application.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                if (statement.executeUpdate() == 0) {
                    return false;
                }
            }
            RowImage after = row(shape, key);
            Operation operation = before == null ? Operation.INSERT : after == null ? Operation.DELETE : Operation.UPDATE;
            Set<String> watched = catalogue.watchedNames(TableName.of(shape));
            RowImage old = before == null || operation == Operation.UPDATE && watched.isEmpty() ? null : known(shape, before, watched);
            writer.write(new TransactionRecord.Change(shape, operation, null, old, after, List.of()));
            changes++;
            return true;
        }

        private static RowImage known(TableShape shape, RowImage row, Set<String> watched) {
            Object[] values = row.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = shape.key().contains(i) || watched.contains(shape.columns().get(i).name()) ? values[i] : RowImage.ABSENT;
            }
            return new RowImage(values);
        }

        private RowImage row(TableShape shape, Object key) throws SQLException {
            String sql = "SELECT " + shape.columns().stream().map(site.dialect::selected).collect(Collectors.joining(", ")) + " FROM " + site.dialect.quote(shape.schema(), shape.name()) + " WHERE id = ?";
            try (PreparedStatement select = site.application.prepareStatement(sql)) {
                select.setObject(1, key);
                try (ResultSet row = select.executeQuery()) {
                    if (!row.next()) {
                        return null;
                    }
                    Object[] values = new Object[shape.columns().size()];
                    Arrays.setAll(values, i -> null);
                    for (int i = 0; i < values.length; i++) {
                        values[i] = site.dialect.read(row, i + 1, shape.columns().get(i).type());
                    }
                    return new RowImage(values);
                }
            }
        }

        private void finish() throws SQLException, IOException {
            if (changes == 0) {
                return;
            }
            writer.write(new TransactionRecord.End(clock.instant(), changes));
            byte[] all = bytes.toByteArray();
            try (OutboxWriter outbox = new OutboxWriter(site.dialect, site.application)) {
                outbox.write(id, 0, true, all, 0, all.length);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        for (Site site : sites.values()) {
            site.close();
        }
    }
}
