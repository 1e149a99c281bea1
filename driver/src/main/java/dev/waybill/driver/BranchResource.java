// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import java.sql.SQLException;
import java.util.Arrays;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * The real resource, with capture at the edges of its branch. One thread at a time.
 *
 * <pre>
 *   start ─► statements ─► end ─┬─► ending ─► prepare ─► ended ─ ─► commit or rollback, here or after a restart by anybody
 *                               ├─► ending ─► commit in one phase ─► ended
 *                               └─► rollback ─► ended
 * </pre>
 *
 * <p>What is captured goes into the branch before it is prepared (on MariaDB, where a branch takes no statement after its end, before that): the second phase, and every recovery, has it without us. Where it cannot, the branch is rolled back and says so.
 */
final class BranchResource implements XAResource {

    private final XAResource raw;
    private final Branch branch;
    private final boolean closesAtEnd;
    private Xid open;
    private boolean isReady;

    /** @param closesAtEnd whether a branch takes no statement after its end */
    BranchResource(XAResource raw, Branch branch, boolean closesAtEnd) {
        this.raw = raw;
        this.branch = branch;
        this.closesAtEnd = closesAtEnd;
    }

    /** Whether a branch was started here and neither prepared nor ended. */
    boolean isActive() {
        return open != null;
    }

    @Override
    public void start(Xid xid, int flags) throws XAException {
        raw.start(xid, flags);
        open = xid;
        isReady = false;
        try {
            branch.started();
        } catch (SQLException failed) {
            throw because(XAException.XAER_RMERR, failed);
        }
    }

    @Override
    public void end(Xid xid, int flags) throws XAException {
        if (closesAtEnd && flags != TMFAIL && !isReady && isOpen(xid)) {
            readyBeforeEnd(xid);
        }
        raw.end(xid, flags);
    }

    private void readyBeforeEnd(Xid xid) throws XAException {
        try {
            branch.ending();
            isReady = true;
        } catch (SQLException refused) {
            XAException rolledBack = because(XAException.XA_RBROLLBACK, refused);
            try {
                raw.end(xid, TMFAIL);
            } catch (XAException second) {
                rolledBack.addSuppressed(second);
            }
            undo(xid, rolledBack);
            throw rolledBack;
        }
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        boolean isOpen = isOpen(xid);
        if (isOpen) {
            ready(xid);
        }
        boolean kept = false;
        try {
            int vote = raw.prepare(xid);
            kept = true;
            return vote;
        } finally {
            ended(isOpen, kept);
        }
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        boolean isOpen = isOpen(xid);
        if (isOpen) {
            ready(xid);
        }
        boolean kept = false;
        try {
            raw.commit(xid, onePhase);
            kept = true;
        } finally {
            ended(isOpen || open == null, kept);
        }
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        boolean isOpen = isOpen(xid);
        try {
            raw.rollback(xid);
        } finally {
            ended(isOpen || open == null, false);
        }
    }

    private boolean isOpen(Xid xid) {
        return open != null && (open.equals(xid) || open.getFormatId() == xid.getFormatId()
                && Arrays.equals(open.getGlobalTransactionId(), xid.getGlobalTransactionId()) && Arrays.equals(open.getBranchQualifier(), xid.getBranchQualifier()));
    }

    private void ready(Xid xid) throws XAException {
        if (isReady) {
            return;
        }
        try {
            branch.ending();
        } catch (SQLException refused) {
            XAException rolledBack = because(XAException.XA_RBROLLBACK, refused);
            undo(xid, rolledBack);
            throw rolledBack;
        }
    }

    private void undo(Xid xid, XAException cause) throws XAException {
        try {
            raw.rollback(xid);
        } catch (XAException second) {
            cause.addSuppressed(second);
        }
        ended(true, false);
    }

    private void ended(boolean isOpen, boolean kept) throws XAException {
        if (isOpen) {
            open = null;
            try {
                branch.ended(kept);
            } catch (SQLException failed) {
                throw because(XAException.XAER_RMERR, failed);
            }
        }
    }

    private static XAException because(int code, SQLException cause) {
        XAException failed = new XAException(cause.getMessage());
        failed.errorCode = code;
        failed.initCause(cause);
        return failed;
    }

    @Override
    public void forget(Xid xid) throws XAException {
        raw.forget(xid);
    }

    @Override
    public Xid[] recover(int flag) throws XAException {
        return raw.recover(flag);
    }

    /** By the real resources: a transaction manager joins branches only where they say so. */
    @Override
    public boolean isSameRM(XAResource other) throws XAException {
        return raw.isSameRM(other instanceof BranchResource ours ? ours.raw : other);
    }

    @Override
    public int getTransactionTimeout() throws XAException {
        return raw.getTransactionTimeout();
    }

    @Override
    public boolean setTransactionTimeout(int seconds) throws XAException {
        return raw.setTransactionTimeout(seconds);
    }
}
