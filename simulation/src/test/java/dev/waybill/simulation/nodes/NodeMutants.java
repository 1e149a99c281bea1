// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Savepoint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Bugs of whole nodes: what they do around the machines, broken once each. */
final class NodeMutants {

    private NodeMutants() {}

    static Map<String, Supplier<Saboteur>> all() {
        Map<String, Supplier<Saboteur>> mutants = new LinkedHashMap<>();
        mutants.put("log_received is committed apart from the rows", () -> committingBefore("SET log_received ="));
        mutants.put("log_received is not stored", () -> instead("SET log_received = ?, digest_received = ? WHERE", "SET log_received = log_received WHERE ? <> -1 AND ? IS NOT NULL AND"));
        mutants.put("a transaction that failed is kept as far as it came", KeepsHalves::new);
        mutants.put("the outbox is put in order from its end", FromTheEnd::new);
        mutants.put("the journal is committed before it is known what is in it", () -> committingBefore("UPDATE waybill.journal_head SET log_offset"));
        mutants.put("the outbox is cleared of everything", () -> instead("DELETE FROM waybill.outbox WHERE ", "DELETE FROM waybill.outbox WHERE TRUE OR "));
        mutants.put("the journal is trimmed of what is owed", () -> instead("DELETE FROM waybill.journal WHERE part_end <= ?", "DELETE FROM waybill.journal WHERE part_end <= 1000 + ?"));
        mutants.put("what comes right after a snapshot is not owed", OwesTooLate::new);
        mutants.put("what is captured is committed by itself", CapturesApart::new);
        mutants.put("what a savepoint takes back stays in the database", KeepsWhatIsTakenBack::new);
        mutants.put("what is put aside is forgotten", ForgetsLetters::new);
        return mutants;
    }

    private static Saboteur instead(String text, String other) {
        return new Saboteur() {
            @Override
            String text(Connection real, String sql) {
                return sql.replace(text, other);
            }
        };
    }

    private static Saboteur committingBefore(String text) {
        return new Saboteur() {
            @Override
            String text(Connection real, String sql) throws SQLException {
                if (sql.contains(text)) {
                    real.commit();
                }
                return sql;
            }
        };
    }

    private static final class FromTheEnd extends Saboteur {
        private static final Pattern FROM_THE_BEGINNING = Pattern.compile(" ORDER BY 1(?! DESC)");

        @Override
        String text(Connection real, String sql) {
            return sql.contains("waybill.outbox") ? FROM_THE_BEGINNING.matcher(sql).replaceAll(" ORDER BY 1 DESC") : sql;
        }
    }

    /** Applies all of it, and then the database fails; it is rolled back, as it must be. */
    static final class FailsInTheEnd extends Saboteur {
        private final Position positions = new Position();

        @Override
        String text(Connection real, String sql) throws SQLException {
            positions.failNowAndThen(sql);
            return sql;
        }
    }

    /** Where a received transaction ends. */
    private static final class Position {
        private static final int EVERY = 7;
        private final AtomicInteger asked = new AtomicInteger();

        void failNowAndThen(String sql) throws SQLException {
            if (sql.contains("SET log_received =") && asked.incrementAndGet() % EVERY == 0) {
                throw new SQLTransientException("a deadlock, as it were", "40001");
            }
        }
    }

    private static final class KeepsHalves extends Saboteur {
        private final Position positions = new Position();

        @Override
        String text(Connection real, String sql) throws SQLException {
            positions.failNowAndThen(sql);
            return sql;
        }

        @Override
        void rollback(Connection real) throws SQLException {
            real.commit();
        }
    }

    private static final class OwesTooLate extends Saboteur {
        private static final Pattern STARTED = Pattern.compile("started = (\\d+), stopped");

        @Override
        String text(Connection real, String sql) {
            return STARTED.matcher(sql).replaceFirst(found -> "started = " + (Long.parseLong(found.group(1)) + 500) + ", stopped");
        }
    }

    /** They are written where nobody ever commits. */
    private static final class ForgetsLetters extends Saboteur {
        @Override
        Connection where(Connection real, String sql) throws SQLException {
            if (!sql.contains("INSERT INTO waybill.dead_letter")) {
                return real;
            }
            Connection nowhere = DriverManager.getConnection(real.getMetaData().getURL());
            nowhere.setAutoCommit(false);
            return nowhere;
        }
    }

    private abstract static class AmongApplications extends Saboteur {
        @Override
        boolean isAmongAgents() {
            return false;
        }
    }

    private static final class CapturesApart extends AmongApplications {
        @Override
        Connection where(Connection real, String sql) throws SQLException {
            return sql.contains("INSERT INTO waybill.outbox") ? DriverManager.getConnection(real.getMetaData().getURL()) : real;
        }
    }

    private static final class KeepsWhatIsTakenBack extends AmongApplications {
        @Override
        void rollback(Connection real, Savepoint to) { }
    }
}
