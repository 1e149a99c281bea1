// SPDX-License-Identifier: Apache-2.0
/**
 * What is on disk, and when: the one port through which every durable effect goes.
 *
 * <p><b>Guarantee.</b> Every durable effect of an agent (a commit, a file made visible on a link, a message deleted from a link) happens inside
 * {@link dev.waybill.durable.StepGuard#perform} with a named {@link dev.waybill.durable.DurableStep}. So a test can stop the world before and after
 * each, by name, and a build can count that every pair was hit. In production the guard just runs the effect.
 *
 * <p><b>Transactions.</b> Agents touch their database only through {@link dev.waybill.durable.AgentDatabase}: each transaction first locks the lease
 * row and checks the fencing token, so a late agent cannot write, and {@link dev.waybill.durable.AgentDatabase#makeDurable} is called before any message or
 * confirmation that speaks of committed work leaves the database (nothing speaks too early).
 *
 * <p><b>Interrupts.</b> Nothing durable is left in the middle by one: {@link dev.waybill.durable.Uninterrupted} waits for work in other threads.
 */
package dev.waybill.durable;
