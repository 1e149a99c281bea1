// SPDX-License-Identifier: Apache-2.0
/**
 * {@code ./waybill demo}: the main job, shown on two embedded databases in two processes.
 *
 * <pre>
 *   process 1                          this process                        process 2
 *   OrdersApplication                  Courier                             waybill agent
 *   (ordinary JDBC)                    carries files, badly:
 *   hq.mv.db ── outbox/ ──────────────► loses, repeats, reorders ────────► inbox ── branch.mv.db
 *            ◄──────────────────────── confirmations, resend requests ◄───
 * </pre>
 * The faults are made outside of Waybill, by the one who carries the files: nothing in the product knows of them. The comparison at the end reads both databases through the bare driver.
 */
package dev.waybill.command.demo;
