// SPDX-License-Identifier: Apache-2.0
/**
 * Seeded faults: one seed is one run of several databases on a virtual clock in one thread, with the machines of production.
 *
 * <pre>
 *   World ── seed, clock, faults, upsets (crash, older copy, made anew, poison)
 *     ├ Disk      what survives: journal, rows, staged parts, what was applied
 *     ├ Node      what a message agent does; may end before or after each effect
 *     ├ Network   mailboxes that lose, repeat, delay, disorder, damage and are cut off
 *     └ Chronicle what really happened, and the judge: knows names and transaction ids, nothing of delivery
 * </pre>
 *
 * A run has a bad time, then a quiet one. At every commit of a replica: it shows a prefix of one of the writer's histories, each transaction once and whole. In the quiet time: everything becomes equal and confirmed
 * within fifty minutes of virtual time and six hundred rounds, or a writer that forgot something says so; then nothing is said any more but hello. A seed that fails is told as a story.
 *
 * <p>{@link dev.waybill.simulation.Mutants} break one rule at a time; each must be found.
 *
 * <p>More runs: {@code mvn verify -Plong -Dwaybill.test.runs=1000000 -Dwaybill.test.seed=1}.
 */
package dev.waybill.simulation;
