// SPDX-License-Identifier: Apache-2.0
/**
 * Every decoder under a coverage-guided fuzzer (Jazzer).
 *
 * <p><b>Guarantee.</b> No input makes a decoder hang (more than ten seconds of a processor for one input), allocate without bound, throw anything but the error that it documents, or, where it is one of the delivery rules, ask for something to be applied that was not addressed to
 * this database. What is accepted is written again as it was read.
 *
 * <p><b>How.</b> One class for each target, in the room whose decoder it drives, since the fuzzer takes one target for each process. Without {@code -Pfuzz} each runs the inputs in its folder of resources ({@code …FuzzTestInputs}): seeds (messages
 * that were recorded, statements of the README) and everything that was ever found. With it:
 * <pre>
 *   mvn verify -Pfuzz -pl fuzzing -am -Dtest='*FuzzTest' -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 * each goes on for a minute from the corpus that it has gathered beside the sources ({@code .cifuzz-corpus}, not kept); what it finds is written into the folder of resources, to be committed.
 *
 * <p><b>Decisions.</b> A module of its own, because Jazzer brings an agent and a native library that no other test needs. Checksums are made true by the target: the fuzzer would not find them, an attacker does.
 */
package dev.waybill.fuzzing;
