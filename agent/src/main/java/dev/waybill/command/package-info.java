// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: {@code ./waybill}.
 *
 * <p><b>Guarantee.</b> Every command says what it did, prints tables that can be read, and ends with an exit code: 0 done, 1 not done (the text says why and what to do), 2 a wrong command line,
 * 3 done, but something needs attention (a halted subscriber, two databases that differ).
 *
 * <p><b>How.</b> One class for each command, over picocli. A JDBC URL may be written with or without the {@code jdbc:waybill:} prefix. Passwords come from the URL's own properties, from
 * {@code WAYBILL_PASSWORD}, or are asked for; they are never printed. Only install and sql make an embedded database that is not there: for the others a misspelt URL is an error, not an empty answer.
 */
package dev.waybill.command;
