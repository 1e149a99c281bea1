// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

/**
 * Where databases read the same characters differently. A wrong rule would hide a statement inside what another database takes for a literal, so a dialect names its own.
 */
public enum LexerRules {
    /** {@code //} begins a comment; {@code $$…$$} is a literal without tags; {@code $1} and a lone {@code $} are parameters; {@code ??(} and {@code ??)} are brackets. */
    H2(true, false, true),
    /** {@code //} is two symbols; {@code $tag$…$tag$} is a literal; {@code ??} is the driver's way to write the operator {@code ?}. */
    POSTGRESQL(false, true, false);

    private final boolean slashComments;
    private final boolean dollarTags;
    private final boolean bracketTrigraphs;

    LexerRules(boolean slashComments, boolean dollarTags, boolean bracketTrigraphs) {
        this.slashComments = slashComments;
        this.dollarTags = dollarTags;
        this.bracketTrigraphs = bracketTrigraphs;
    }

    boolean hasSlashComments() {
        return slashComments;
    }

    boolean hasDollarTags() {
        return dollarTags;
    }

    boolean hasBracketTrigraphs() {
        return bracketTrigraphs;
    }
}
