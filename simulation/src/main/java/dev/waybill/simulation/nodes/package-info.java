// SPDX-License-Identifier: Apache-2.0
/**
 * Seeded faults on whole nodes: production code from the driver's capture to the applier, on databases in memory, one seed one run, on one thread and a virtual clock.
 *
 * <pre>
 *   NodeWorld ── seed, clock, faults, the run: turns of applications, people and agents
 *     ├ WholeNode        a database, the application's connections through the driver, a message agent; may end before or after each durable step
 *     │   ├ StepFaults   counts the steps; ends the agent at them, lets them fail, lets applications work in the midst of a cycle
 *     │   ├ SimulatedLink  mailboxes that lose, repeat, disorder, delay, truncate, damage and are cut off
 *     │   └ Wires        its ways to the database and to its mailbox, where tests break it on purpose
 *     ├ Upsets           process ends, full disks, clocks that jump, partitions, older copies
 *     ├ ApplicationWork  connections, transactions, savepoints; HeadOfficeDeeds and BranchDeeds are what is done in them: key changes, cascades, MERGE, batches, large objects, large and interleaved transactions
 *     ├ Downward         what head office sends, its people, its judge
 *     ├ Upward           what a branch sends of its own tables, its people, its judge
 *     ├ Poison           somebody who refuses some rows for a while, downward or upward, and people who look after what is put aside
 *     ├ CommitHistory    the states that one sender's committed content went through, read by plain JDBC, and what of them is owed to whom; the judge
 *     ├ Said             everything that was ever said to one receiver
 *     ├ Confirmed        confirm_sent never goes back
 *     └ Settlement       the quiet time, in which people decide what only people can
 * </pre>
 *
 * After every commit of an applier the receiver shows one of the sender's states, never an earlier one than before (except after it was itself restored): all that it is sent at one and the same state, and of what was stopped or dropped the
 * last state that was owed. SYNCHRONIZE said again changes nothing of that. {@code Said} listens to every message, also to those that are lost: each log offset has one content, whatever is said about subscriptions.
 *
 * <p>In the quiet time that follows, everything becomes equal, confirmed and tidy within a bound, also where a sender was restored from an older copy: until then it is in split history, says so, and nothing of its new history is
 * mixed into the old one. Then people do what {@code docs/backup.md} says: the restored database is renewed, and its neighbours adopt it. Head office then sends everything anew; of what a branch has sent, nobody is sent anything
 * anew, so its tables are carried over by hand once the new stream has begun. The judges go on from there.
 *
 * <p>A database's lock time-out is zero, so that one thread never waits for itself. A run is not exact to the bit, because the driver draws its ids from a secure source and databases have background threads: therefore the story
 * of a run is always kept, and is told when it fails.
 *
 * <p>More runs: {@code ./waybill simulate --level nodes --seed 1 --runs 20000}.
 */
package dev.waybill.simulation.nodes;
