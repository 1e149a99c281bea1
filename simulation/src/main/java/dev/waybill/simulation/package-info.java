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
 * Each run is a {@link dev.waybill.simulation.Run} of a {@link dev.waybill.simulation.Level}; {@link dev.waybill.simulation.Runs} adds them up and runs every hundredth seed of an exact level twice. Everything bad, every commit and every
 * turn is a decision with a number ({@link dev.waybill.simulation.Mischief}), so that a run that fails can be repeated with fewer of them until a person can read its {@link dev.waybill.simulation.Story}, a drawing of sites and messages.
 *
 * A run has a bad time, then a quiet one. At every commit of a replica: it shows a prefix of one of the writer's histories, each transaction once and whole. In the quiet time: everything becomes equal and confirmed
 * within fifty minutes of virtual time beyond the hour between two hellos, and six hundred rounds, or a writer that forgot something says so; then nothing is said any more but hello.
 *
 * <p>{@code Mutants}, in the tests, break one rule at a time; each must be found.
 *
 * <p><b>Decided here.</b> A module of its own in main code, above the driver and below the command line, so that anybody can try the promises with {@code ./waybill simulate}, and so that nothing of JUnit is in what is handed out. Nothing in
 * it depends on tests; the driver's jar for applications does not contain it. A plain dependency of the command line, checked by the compiler; rejected: looking it up by {@code ServiceLoader}, which would only serve to leave out 60 kB.
 *
 * <p>More runs: {@code ./waybill simulate --seed 1 --runs 1000000}.
 */
package dev.waybill.simulation;
