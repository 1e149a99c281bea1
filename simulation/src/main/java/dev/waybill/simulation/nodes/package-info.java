// SPDX-License-Identifier: Apache-2.0
/**
 * Seeded faults on whole nodes: production code from the driver's capture to the applier, on databases in memory, one seed one run, on one thread and a virtual clock.
 *
 * <pre>
 *   NodeWorld ── seed, clock, faults, upsets (crash, process ends, older copy, partition, catalogue statements)
 *     ├ WholeNode        a database, the application's connections through the driver, a message agent; may end before or after each durable step
 *     │   ├ StepFaults   counts the steps; ends the agent at them, lets them fail, lets the application work in the midst of a cycle
 *     │   └ SimulatedLink  mailboxes that lose, repeat, disorder, delay, truncate, damage and are cut off
 *     ├ ApplicationWork  ordinary statements: key changes, cascades, MERGE, savepoints, batches, large objects, large and interleaved transactions
 *     ├ CommitHistory    the states that head office's committed content went through, read by plain JDBC, and what of them is owed to whom; the judge
 *     └ Said             everything that was ever said to a branch
 * </pre>
 *
 * After every commit of an applier the branch shows one of the states, never an earlier one than before (except after it was itself restored): all that it is sent at one and the same state, and of what was stopped or dropped the
 * last state that was owed. SYNCHRONIZE said again changes nothing of that. {@code Said} listens to every message of head office's, also to those that are lost: each log offset has one content, whatever is said about subscriptions. In the quiet time that follows, everything becomes equal, confirmed and tidy within
 * a bound; only a head office that was itself restored from an older copy may end in a split history instead, and then it says so and nothing of its new history is mixed into the old one.
 *
 * <p>A database's lock time-out is zero, so that one thread never waits for itself. A run is not exact to the bit, because the driver draws its ids from a secure source and databases have background threads: therefore the story
 * of a run is always kept, and is told when it fails.
 *
 * <p>More runs: {@code ./waybill simulate --level nodes --seed 1 --runs 20000}.
 */
package dev.waybill.simulation.nodes;
