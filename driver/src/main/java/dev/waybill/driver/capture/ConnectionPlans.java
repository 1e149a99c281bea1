// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.publication.Catalogue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.zone.ZoneRules;
import java.util.function.Supplier;

/**
 * The plans that hold on one connection, and what may make them others: names, definitions of its own that are not committed yet, the time zone of its session. Used under the connection's lock; {@link #zone}'s supplier by any thread.
 */
final class ConnectionPlans {

    private final Connection raw;
    private final DatabaseCapture database;
    private final ProductSession session;
    private PlanBook book;
    private boolean namesChanged;
    private boolean namesInDoubt;
    private boolean hasDefined;
    private long owner;
    private volatile ZoneRules zone;

    ConnectionPlans(Connection raw, DatabaseCapture database, ProductSession session) {
        this.raw = raw;
        this.database = database;
        this.session = session;
    }

    /** The plans under this catalogue, as things are; where nothing can be asked those of before, which may be null. */
    PlanBook book(Catalogue catalogue) throws SQLException {
        if (areOld(catalogue)) {
            book = session.aside(() -> database.book(raw, catalogue, namesChanged || book == null ? null : book.context(), owner));
            namesChanged = false;
        }
        return book;
    }

    /** Whether they have to be made anew, which costs looks at the database. Where nothing can be asked, nothing but the end of the transaction, or of a part of it, can succeed: there the old ones do. */
    boolean areOld(Catalogue catalogue) throws SQLException {
        return (book == null || namesChanged || !book.isFor(catalogue, database.definitions())) && !session.isFailed();
    }

    /** Those of the last look-up; null before the first one. */
    PlanBook last() {
        return book;
    }

    /**
     * Names may mean something else from now on, on this connection.
     *
     * @param inDoubt where that is part of a transaction, perhaps only until its end
     */
    void namesChanged(boolean inDoubt) {
        namesChanged = true;
        namesInDoubt = inDoubt;
        zone = null;
    }

    /** The time zone of the session, as far as it is known: not after it may have changed, until somebody asks again. */
    Supplier<ZoneRules> zone() throws SQLException {
        if (zone == null) {
            zone = session.aside(() -> database.dialect().timeZone(raw));
            database.dialect().forgetQueries(raw);
        }
        return session.zone(() -> zone);
    }

    /** This session has tables of its own: its plans are not shared any more. */
    void ownNames() {
        owner = owner == 0 ? database.nextOwner() : owner;
        namesChanged = true;
    }

    /**
     * Something was defined: until the end of an open transaction this connection alone sees it.
     *
     * @param temporary as {@link #ownNames}
     */
    void defined(boolean temporary, boolean autoCommit) {
        if (temporary) {
            ownNames();
        }
        hasDefined = true;
        database.definitionsChanged();
        namesChanged(!autoCommit);
        if (autoCommit) {
            settled();
        } else if (owner == 0) {
            owner = -database.nextOwner();
        }
    }

    /** No transaction is open any more: what was true in it alone is over, what it has defined is there for all. */
    void settled() {
        if (hasDefined) {
            hasDefined = false;
            database.definitionsChanged();
            owner = Math.max(owner, 0);
            namesChanged = true;
        }
        if (namesInDoubt) {
            namesInDoubt = false;
            namesChanged = true;
        }
    }
}
