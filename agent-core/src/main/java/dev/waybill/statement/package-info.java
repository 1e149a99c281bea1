// SPDX-License-Identifier: Apache-2.0
/**
 * The grammar of the SQL that is ours, and the lexer that it shares with capture.
 *
 * <p><b>Guarantee.</b> A statement that does not begin like one of ours is never touched; one that does is either understood wholly or refused with an error that shows where and what is expected.
 *
 * <p>Every statement is a record of the sealed family {@code WaybillStatement}, with the verb on the type.
 */
package dev.waybill.statement;
