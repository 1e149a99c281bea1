// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;

/**
 * Something that a person has done outside of the ordinary way: one transaction, in which nothing that an agent does can fall, with a line in {@code waybill.audit}. Used by the thread of the connection.
 *
 * <p>The lease row is locked first, as agents do in each of their transactions; its token stays, so nobody's lease is taken. So a deed never waits behind data: at most for the transaction that is just being applied.
 */
public final class Deed {

    private static final int TEXT = 4_000;
    private static final int SHORT_TEXT = 200;

    private final Connection raw;
    private final Dialect dialect;
    private final InstantSource clock;

    public Deed(Connection raw, Dialect dialect, InstantSource clock) {
        this.raw = raw;
        this.dialect = dialect;
        this.clock = clock;
    }

    /** What is done. */
    public interface Work<T> {
        T run(Connection raw) throws SQLException;
    }

    /** Does it and commits, with a new version of the catalogue, so that agents look; whatever it throws, nothing was done. */
    public <T> T perform(Work<T> work) throws SQLException {
        boolean autoCommit = raw.getAutoCommit();
        raw.setAutoCommit(false);
        try {
            dialect.beginWriting(raw);
            lockLease(raw, dialect);
            CatalogueTransaction.nextVersion(raw, dialect);
            T result = work.run(raw);
            raw.commit();
            return result;
        } finally {
            raw.rollback();
            raw.setAutoCommit(autoCommit);
        }
    }

    /** Counts the catalogue's version up in the caller's transaction, so that everybody asks anew what he knows of tables. */
    public static void announce(Connection raw, Dialect dialect) throws SQLException {
        CatalogueTransaction.nextVersion(raw, dialect);
    }

    /**
     * Writes down who did what, in the caller's transaction.
     *
     * @param what    as RETRY DEAD LETTER
     * @param subject to whom or what
     * @param before  how it was; may be null
     * @param after   how it is; may be null
     */
    public void note(String what, String subject, String before, String after) throws SQLException {
        note(raw, dialect, clock, what, subject, before, after);
    }

    /** As {@link #note}, unless the same is written down already: for what may be done again after a crash. */
    public void noteOnce(String what, String subject, String before, String after) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT COUNT(*) FROM " + dialect.catalogueTable("audit") + " WHERE what = ? AND subject = ? AND after = ?")) {
            select.setString(1, what);
            select.setString(2, shortened(subject, SHORT_TEXT));
            select.setString(3, shortened(after, TEXT));
            try (ResultSet row = select.executeQuery()) {
                if (row.next() && row.getInt(1) > 0) {
                    return;
                }
            }
        }
        note(what, subject, before, after);
    }

    static void note(Connection raw, Dialect dialect, InstantSource clock, String what, String subject, String before, String after) throws SQLException {
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO " + dialect.catalogueTable("audit") + " (" + dialect.quote(dialect.fold("at")) + ", who, what, subject, " + dialect.quote(dialect.fold("before")) + ", after) VALUES (?, ?, ?, ?, ?, ?)")) {
            insert.setObject(1, dialect.moment(clock.instant()));
            insert.setString(2, shortened(raw.getMetaData().getUserName() + " (" + System.getProperty("user.name") + ")", SHORT_TEXT));
            insert.setString(3, shortened(what, SHORT_TEXT));
            insert.setString(4, shortened(subject, SHORT_TEXT));
            insert.setString(5, shortened(before, TEXT));
            insert.setString(6, shortened(after, TEXT));
            insert.executeUpdate();
        }
    }

    /** Agents lock this row before everything else in each of their transactions; so must we, for there is a wait in a circle otherwise. */
    static void lockLease(Connection raw, Dialect dialect) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT token FROM " + dialect.catalogueTable("lease") + " WHERE one = 1" + dialect.forUpdate()); ResultSet row = select.executeQuery()) {
            row.next();
        }
    }

    private static String shortened(String text, int length) {
        return text == null || text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }
}
