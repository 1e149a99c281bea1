// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.LocalNames;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The tables {@code waybill.dead_letter} and {@code waybill.dead_letter_key}, in the caller's transaction. Bounded: beyond the bound nothing is put aside any more, and the stream halts. Stateless; any thread. */
public class DeadLetters {

    /** Most letters of one sender. */
    static final int LETTERS = 10_000;
    /** Most bytes of content of one sender's letters. */
    static final long BYTES = 1L << 30;
    /** Content of a skipped transaction that is kept for people. */
    static final long SKIPPED_BYTES = 1L << 20;
    private static final int ASKED_AT_ONCE = 500;
    private static final int TEXT = 4_000;
    private static final String COLUMNS = "letter_id, sender, log_offset, state, behind, reason, since, tries, tables, changes, size, edited, CASE WHEN content IS NULL THEN 0 ELSE 1 END";

    private final Dialect dialect;
    private final String letters;
    private final String keys;

    public DeadLetters(Dialect dialect) {
        this.dialect = dialect;
        this.letters = dialect.catalogueTable("dead_letter");
        this.keys = dialect.catalogueTable("dead_letter_key");
    }

    /** Whether anything of this sender waits. */
    boolean anyParked(Connection raw, String sender) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT 1 FROM " + letters + " WHERE sender = ? AND state = 'PARKED'" + dialect.first(1))) {
            select.setString(1, sender);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** The latest parked letter of this sender, before this offset, with which these tokens meet; null when none does. */
    Long inTheWay(Connection raw, String sender, LogOffset before, Footprint footprint) throws SQLException {
        return inTheWay(raw, sender, before, footprint.tokens());
    }

    Long inTheWay(Connection raw, String sender, LogOffset before, Map<Long, Boolean> tokens) throws SQLException {
        List<Long> written = tokens.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
        List<Long> referred = tokens.entrySet().stream().filter(token -> !token.getValue()).map(Map.Entry::getKey).toList();
        Long one = latest(raw, sender, before, written, "");
        Long other = latest(raw, sender, before, referred, " AND k.written = TRUE");
        return one == null || other != null && other > one ? other : one;
    }

    private Long latest(Connection raw, String sender, LogOffset before, List<Long> tokens, String condition) throws SQLException {
        Long latest = null;
        for (int from = 0; from < tokens.size(); from += ASKED_AT_ONCE) {
            List<Long> some = tokens.subList(from, Math.min(tokens.size(), from + ASKED_AT_ONCE));
            String sql = "SELECT MAX(d.letter_id) FROM " + keys + " k JOIN " + letters + " d ON d.letter_id = k.letter_id WHERE d.sender = ? AND d.state = 'PARKED' AND d.log_offset < ? AND k.token IN ("
                    + some.stream().map(token -> "?").collect(Collectors.joining(", ")) + ")" + condition;
            try (PreparedStatement select = raw.prepareStatement(sql)) {
                select.setString(1, sender);
                select.setLong(2, before.bytes());
                for (int index = 0; index < some.size(); index++) {
                    select.setLong(index + 3, some.get(index));
                }
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    long found = row.getLong(1);
                    latest = row.wasNull() || latest != null && latest > found ? latest : Long.valueOf(found);
                }
            }
        }
        return latest;
    }

    /** Puts a transaction aside. */
    void add(Connection raw, String sender, ReceivedTransaction transaction, DeadLetter.State state, Long behind, String reason, Footprint footprint) throws SQLException {
        long size = size(raw, transaction);
        boolean keeps = state == DeadLetter.State.PARKED || size <= SKIPPED_BYTES;
        expectRoom(raw, sender, transaction.offset(), keeps ? size : 0);
        String sql = "INSERT INTO " + letters + " (sender, incarnation, log_offset, state, behind, reason, since, tables, changes, size, content) SELECT user_name, incarnation, ?, ?, ?, ?, " + dialect.now() + ", ?, ?, ?, ? FROM "
                + dialect.catalogueTable("remote_user") + " WHERE user_name = ?";
        long id;
        try (PreparedStatement insert = raw.prepareStatement(sql, new String[] {"letter_id"}); HeldContent held = HeldContent.of(transaction.content().open(raw)); InputStream content = held.open()) {
            insert.setLong(1, transaction.offset().bytes());
            insert.setString(2, state.name());
            insert.setObject(3, behind, Types.BIGINT);
            insert.setString(4, shortened(reason));
            insert.setString(5, tables(footprint));
            insert.setLong(6, footprint.changes());
            insert.setLong(7, size);
            bindContent(insert, 8, keeps ? content : null, size);
            insert.setString(9, sender);
            insert.executeUpdate();
            try (ResultSet key = insert.getGeneratedKeys()) {
                key.next();
                id = key.getLong(1); // MariaDB names it otherwise
            }
        } catch (IOException away) {
            throw unreadable(away, transaction, sender);
        }
        if (state == DeadLetter.State.PARKED) {
            addKeys(raw, id, footprint.tokens());
        }
    }

    private static void bindContent(PreparedStatement statement, int index, InputStream content, long size) throws SQLException, IOException {
        if (content == null) {
            statement.setBytes(index, null);
        } else if (size <= SKIPPED_BYTES) {
            statement.setBytes(index, content.readAllBytes());
        } else {
            statement.setBinaryStream(index, content, size);
        }
    }

    private static long size(Connection raw, ReceivedTransaction transaction) throws SQLException {
        try (InputStream content = transaction.content().open(raw)) {
            long size = 0;
            byte[] buffer = new byte[64 << 10];
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                size += read;
            }
            return size;
        } catch (IOException away) {
            throw unreadable(away, transaction, "its sender");
        }
    }

    private static SQLException unreadable(IOException away, ReceivedTransaction transaction, String sender) {
        return away.getCause() instanceof SQLException database ? database : WaybillError.APPLY_POSTPONED.because(away, transaction.offset(), sender, "none", away.getMessage());
    }

    private void expectRoom(Connection raw, String sender, LogOffset offset, long more) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT COUNT(*), SUM(CASE WHEN content IS NULL THEN 0 ELSE size END) FROM " + letters + " WHERE sender = ?")) {
            select.setString(1, sender);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                if (row.getLong(1) >= LETTERS || row.getLong(2) + more > BYTES) {
                    throw WaybillError.DEAD_LETTERS_FULL.with(offset, sender, row.getLong(1), row.getLong(2));
                }
            }
        }
    }

    private void addKeys(Connection raw, long id, Map<Long, Boolean> tokens) throws SQLException {
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO " + keys + " (letter_id, token, written) VALUES (?, ?, ?)")) {
            int waiting = 0;
            for (Map.Entry<Long, Boolean> token : tokens.entrySet()) {
                insert.setLong(1, id);
                insert.setLong(2, token.getKey());
                insert.setBoolean(3, token.getValue());
                insert.addBatch();
                if (++waiting % ASKED_AT_ONCE == 0) {
                    insert.executeBatch();
                }
            }
            if (waiting % ASKED_AT_ONCE != 0) {
                insert.executeBatch();
            }
        }
    }

    /** All letters, in the order of each sender's journal. */
    public List<DeadLetter> list(Connection raw) throws SQLException {
        return query(raw, " ORDER BY sender, log_offset, letter_id");
    }

    /** Whose transactions were put aside. */
    public Set<String> senders(Connection raw) throws SQLException {
        Set<String> senders = new HashSet<>();
        try (PreparedStatement select = raw.prepareStatement("SELECT DISTINCT sender FROM " + letters); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                senders.add(row.getString(1));
            }
        }
        return senders;
    }

    /** The letter, or null. */
    public DeadLetter find(Connection raw, long id) throws SQLException {
        return query(raw, " WHERE letter_id = ?", id).stream().findFirst().orElse(null);
    }

    /** What waits of this sender, in order. */
    List<DeadLetter> parked(Connection raw, String sender) throws SQLException {
        return query(raw, " WHERE sender = ? AND state = 'PARKED' ORDER BY log_offset", sender);
    }

    /** All of this sender. */
    List<DeadLetter> of(Connection raw, String sender) throws SQLException {
        return query(raw, " WHERE sender = ? ORDER BY log_offset", sender);
    }

    Map<Long, Boolean> tokens(Connection raw, long id) throws SQLException {
        Map<Long, Boolean> tokens = new HashMap<>();
        try (PreparedStatement select = raw.prepareStatement("SELECT token, written FROM " + keys + " WHERE letter_id = ?")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    tokens.put(row.getLong(1), row.getBoolean(2));
                }
            }
        }
        return tokens;
    }

    /** The letter's transaction as it would be applied, with the place that it had in its sender's journal. */
    public ReceivedTransaction transaction(DeadLetter letter) {
        return new ReceivedTransaction(letter.offset(), Digest.ZERO, raw -> {
            try (PreparedStatement select = raw.prepareStatement("SELECT content FROM " + letters + " WHERE letter_id = ?")) {
                select.setLong(1, letter.id());
                try (ResultSet row = select.executeQuery()) {
                    InputStream content = row.next() ? row.getBinaryStream(1) : null;
                    if (content == null) {
                        throw new IOException("dead letter " + letter.id() + " has no content");
                    }
                    return letter.sizeBytes() <= SKIPPED_BYTES ? new ByteArrayInputStream(content.readAllBytes()) : content;
                }
            }
        });
    }

    void failedAgain(Connection raw, DeadLetter letter, String reason) throws SQLException {
        execute(raw, "UPDATE " + letters + " SET behind = NULL, reason = ?, tries = tries + 1 WHERE letter_id = ?", shortened(reason), letter.id());
    }

    void remove(Connection raw, DeadLetter letter) throws SQLException {
        execute(raw, "DELETE FROM " + letters + " WHERE letter_id = ?", letter.id());
    }

    /** It waits no longer; what is left is a record. */
    void close(Connection raw, DeadLetter letter, DeadLetter.State state) throws SQLException {
        execute(raw, "DELETE FROM " + keys + " WHERE letter_id = ?", letter.id());
        execute(raw, "UPDATE " + letters + " SET state = ?, behind = NULL, content = CASE WHEN size <= " + SKIPPED_BYTES + " THEN content ELSE NULL END WHERE letter_id = ?", state.name(), letter.id());
    }

    /** It says something else now. What it touched before it goes on touching, for the sake of those behind it. */
    void replace(Connection raw, DeadLetter letter, Rewriting anew, Footprint footprint, boolean edited) throws SQLException, IOException {
        Map<Long, Boolean> all = new HashMap<>(tokens(raw, letter.id()));
        footprint.tokens().forEach((token, written) -> all.merge(token, written, Boolean::logicalOr));
        execute(raw, "DELETE FROM " + keys + " WHERE letter_id = ?", letter.id());
        addKeys(raw, letter.id(), all);
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + letters + " SET content = ?, size = ?, changes = ?, tables = ?, edited = ? WHERE letter_id = ?"); InputStream content = anew.open()) {
            bindContent(update, 1, content, anew.sizeBytes());
            update.setLong(2, anew.sizeBytes());
            update.setLong(3, footprint.changes());
            update.setString(4, tables(footprint));
            update.setBoolean(5, edited);
            update.setLong(6, letter.id());
            update.executeUpdate();
        }
    }

    private static String tables(Footprint footprint) {
        return shortened(footprint.tables().stream().map(TableName::toString).collect(Collectors.joining(", ")));
    }

    /**
     * Rows of these tables came anew, with a snapshot at this offset of the sender: what was put aside of them before that, or of a history of
     * the sender's that is over, is void. Letters that concern only them are removed, of those that concern others too the rest stays: of parked
     * ones what is left to be applied, of records the names of the tables that are not replaced yet.
     */
    void settle(Connection raw, String sender, LogOffset snapshot, Set<TableName> replaced) throws SQLException {
        if (replaced.isEmpty()) {
            return;
        }
        Set<String> names = replaced.stream().map(TableName::toString).collect(Collectors.toSet());
        Set<Long> former = ofFormerHistories(raw, sender);
        for (DeadLetter letter : of(raw, sender)) {
            List<String> tables = List.of(letter.tables().split(", "));
            if (!letter.offset().isBefore(snapshot) && !former.contains(letter.id())) {
                continue;
            }
            if (names.containsAll(tables)) {
                remove(raw, letter);
            } else if (letter.state() == DeadLetter.State.PARKED) {
                keepOthers(raw, letter, replaced);
            } else {
                String others = tables.stream().filter(table -> !names.contains(table)).collect(Collectors.joining(", "));
                execute(raw, "UPDATE " + letters + " SET tables = ? WHERE letter_id = ?", others, letter.id());
            }
        }
        new Divergence(dialect).review(raw, sender);
    }

    /** Of the sender under another incarnation: whatever their offsets are, they are of before. */
    private Set<Long> ofFormerHistories(Connection raw, String sender) throws SQLException {
        Set<Long> former = new HashSet<>();
        try (PreparedStatement select = raw.prepareStatement("SELECT letter_id FROM " + letters + " WHERE sender = ? AND incarnation <> (SELECT incarnation FROM " + dialect.catalogueTable("remote_user") + " WHERE user_name = ?)")) {
            select.setString(1, sender);
            select.setString(2, sender);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    former.add(row.getLong(1));
                }
            }
        }
        return former;
    }

    private boolean isReplaced(Set<TableName> replaced, TableName sent) {
        return replaced.contains(sent) || replaced.contains(LocalNames.table(dialect, sent));
    }

    private void keepOthers(Connection raw, DeadLetter letter, Set<TableName> replaced) throws SQLException {
        try (Rewriting rest = Rewriting.of(transaction(letter).content().open(raw), (change, number) -> isReplaced(replaced, TableName.of(change.table())) ? null : change)) {
            ReceivedTransaction transaction = new ReceivedTransaction(letter.offset(), Digest.ZERO, any -> rest.open());
            Footprint footprint = new Surveyor(raw, dialect).survey(transaction, letter.sender());
            if (footprint.changes() == 0) {
                remove(raw, letter);
            } else if (footprint.changes() < letter.changes()) {
                replace(raw, letter, rest, footprint, letter.edited());
            }
        } catch (IOException away) {
            throw unreadable(away, transaction(letter), letter.sender());
        }
    }

    /** Records of what was skipped, discarded or edited are no longer needed. */
    int forgetRecords(Connection raw, String sender) throws SQLException {
        return execute(raw, "DELETE FROM " + letters + " WHERE sender = ? AND state <> 'PARKED'", sender);
    }

    private List<DeadLetter> query(Connection raw, String rest, Object... values) throws SQLException {
        List<DeadLetter> found = new ArrayList<>();
        try (PreparedStatement select = raw.prepareStatement("SELECT " + COLUMNS + " FROM " + letters + rest)) {
            bind(select, List.of(values));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long behind = row.getLong(5);
                    found.add(new DeadLetter(row.getLong(1), row.getString(2), new LogOffset(row.getLong(3)), DeadLetter.State.valueOf(row.getString(4)), behind == 0 ? null : Long.valueOf(behind), row.getString(6),
                            dialect.moment(row, 7), row.getInt(8), row.getString(9), row.getLong(10), row.getLong(11), row.getBoolean(12), row.getInt(13) == 1));
                }
            }
        }
        return found;
    }

    private static int execute(Connection raw, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            bind(statement, List.of(values));
            return statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Collection<Object> values) throws SQLException {
        int index = 1;
        for (Object value : values) {
            statement.setObject(index++, value);
        }
    }

    static String shortened(String text) {
        return text.length() <= TEXT ? text : text.substring(0, TEXT - 1) + "…";
    }
}
