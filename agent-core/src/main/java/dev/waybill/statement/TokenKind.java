// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

/** What a token of SQL text is. */
public enum TokenKind {
    /** A keyword or an identifier without quotes. Its value is the text as written; how it folds is the dialect's matter. */
    WORD,
    /** An identifier in double quotes, {@code U&"…"} included. Its value is the name. */
    QUOTED,
    /** An identifier in backticks. Its value is the name between them; on H2 it folds as a word does, on others it is exact. */
    BACKTICK,
    /** A text literal: {@code '…'}, {@code N'…'}, {@code U&'…'}, a dollar quote. Its value is the text. */
    STRING,
    /** A binary literal {@code X'…'}. Its value is what stands between the quotes. */
    BINARY,
    /** A number, as written. */
    NUMBER,
    /** {@code ?}, {@code ?1}, and {@code $1} or {@code $} on H2. */
    PARAMETER,
    /** Everything else: one character, or one of {@code :: := || && <= >= <> !=}. */
    SYMBOL,
    /** After the last token; start and end are the length of the text. */
    END
}
