// SPDX-License-Identifier: Apache-2.0
/**
 * Real processes and what is done to them: applications, message agents, PostgreSQL and MariaDB themselves are killed (SIGKILL, by process id, only what was started here), stopped and started again, at durable steps that are chosen by name; disks are full,
 * folders unreachable, the network is cut.
 *
 * <pre>
 *   test ── aims ──► child process: production code with a guard that stops at the step, says "at BEFORE APPLY", and waits
 *     ◄── at … ──┘   then the child, or the server under it, is killed; or it is told to go on after something has happened
 *   application: "committed 17" as soon as COMMIT has returned ── the judge: all of those are there, whole, once, at both ends; what never returned is there whole or not at all
 * </pre>
 *
 * The seed of every run is printed, and each blow by name. More: {@code mvn verify -Plong -pl integration-tests -am -Dtest=KillsOnPostgresTest -Dsurefire.failIfNoSpecifiedTests=false -Dwaybill.test.kills=1000}.
 */
package dev.waybill.ordeal;
