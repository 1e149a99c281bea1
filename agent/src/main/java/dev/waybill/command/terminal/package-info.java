// SPDX-License-Identifier: Apache-2.0
/**
 * What the command line knows of the terminal: how wide and high it is, which characters it can show, how a table is set.
 *
 * <p><b>Guarantee.</b> Nothing that comes from a database or a message is obeyed by the terminal, and text that it cannot encode is replaced by what comes nearest, one column for one.
 */
package dev.waybill.command.terminal;
