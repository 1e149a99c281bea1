// SPDX-License-Identifier: Apache-2.0
package dev.waybill.durable;

/** The named durable effects, in the order in which a transaction meets them. Simulated crashes are enumerated from these names. */
public enum DurableStep {
    /** The sequencer's commit: outbox rows became journal entries. */
    SEQUENCE,
    /** Outbox rows deleted that have stood in the durable journal since an earlier commit, or, at the end of an agent, written down that there are none; only on databases whose small transactions are sequenced in two steps, and there also before the first SEQUENCE. */
    CLEAR_OUTBOX,
    /** Snapshot rows spooled under their snapshot. */
    SPOOL_SNAPSHOT,
    /** The database flushed to disk before something speaks of it. */
    MAKE_DURABLE,
    /** A message made visible on a link. */
    SEND_MESSAGE,
    /** Commit of what a subscriber was sent: {@code log_sent}, counters. */
    MARK_SENT,
    /** A part of a large transaction stored at the receiver. */
    STAGE_PART,
    /** Tables of a snapshot created at the receiver (idempotent; own commits where DDL commits), or a statement of PASSTHROUGH executed that commits by itself. */
    CREATE_TABLES,
    /** Commit of applied transactions together with {@code log_received}. */
    APPLY,
    /** Commit of receiver-side delivery state that is not an apply: {@code rereceive_count}, incarnations, status. */
    MARK_RECEIVED,
    /** A message deleted from a link after its effect was committed. */
    DELETE_MESSAGE,
    /** A message put aside with its reason. */
    QUARANTINE,
    /** Commit of a processed confirmation or resend request: {@code confirm_sent}, {@code resend_count}. */
    MARK_CONFIRMED,
    /** Confirmed journal entries, spools and staged parts deleted. */
    TRIM,
    /** Commit of a catalogue change made by the agent. */
    CATALOGUE,
    /** The lease taken, renewed or given back. */
    LEASE,
    /** After-commit jobs whose transactions have log offsets put in their place; FOR EACH REPLICA expanded. */
    ADMIT_JOBS,
    /** Runs of after-commit jobs begun, as far as the record goes. */
    BEGIN_JOBS,
    /** A statement of an after-commit job run, by itself, on a connection of its own. */
    RUN_JOB,
    /** What came of runs, and what became of runs whose agent ended. */
    RECORD_JOBS,
    /** What notifiers are about to send, what became of requests, and where listeners are. */
    RECORD_NOTICES,
    /** What a neighbour asked put on record. */
    TAKE_CALL,
    /** A remote procedure begun, as far as the record goes: it is not begun again. */
    BEGIN_CALL,
    /** A remote procedure run, by itself, on a connection of its own. */
    RUN_CALL,
    /** What came of remote procedures, or what a neighbour answered; what nobody waits for forgotten. */
    RECORD_CALL,
    /** What transactions have saved for the database above put in its place, handed over, judged. */
    RECORD_TENTATIVE,
    /** What a database below has saved carried out, with its verdict, on a connection of its own. */
    RUN_TENTATIVE
}
