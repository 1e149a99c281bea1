// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

/**
 * Where databases read the same characters differently. A wrong rule would hide a statement inside what another database takes for a literal, so a dialect names its own.
 */
public enum LexerRules {
    /** {@code //} begins a comment; {@code $$…$$} is a literal without tags; {@code $1} and a lone {@code $} are parameters; {@code ??(} and {@code ??)} are brackets. */
    H2(false, false),
    /**
     * {@code //} is two symbols; {@code $tag$…$tag$} is a literal; {@code ??} is the driver's way to write the operator {@code ?}; a backslash escapes in {@code E'…'} alone; a backtick is a symbol; every character beyond ASCII is part of a name.
     */
    POSTGRESQL(true, false),
    /** As {@link #POSTGRESQL} with {@code standard_conforming_strings = off}: a backslash escapes in every text literal. */
    POSTGRESQL_BACKSLASHES(true, true),
    /** {@code [name]} is a name in quotes; comments in brackets do not nest; neither {@code //}, dollars nor letters before a quote (but X) begin anything. */
    SQLITE(false, false);

    private final boolean postgresql;
    private final boolean backslashes;

    LexerRules(boolean postgresql, boolean backslashes) {
        this.postgresql = postgresql;
        this.backslashes = backslashes;
    }

    boolean hasSlashComments() {
        return !postgresql && this != SQLITE;
    }

    boolean hasNestedComments() {
        return this != SQLITE;
    }

    boolean hasBracketedNames() {
        return this == SQLITE;
    }

    /** Whether {@code N'…'} and {@code U&'…'} are literals. */
    boolean hasPrefixedLiterals() {
        return this != SQLITE;
    }

    boolean hasDollarQuotes() {
        return this != SQLITE;
    }

    boolean hasDollarTags() {
        return postgresql;
    }

    boolean hasBracketTrigraphs() {
        return !postgresql && this != SQLITE;
    }

    boolean hasBackticks() {
        return !postgresql;
    }

    /** Whether {@code E'…'} and {@code B'…'} are literals. */
    boolean hasEscapeLiterals() {
        return postgresql;
    }

    /** Whether a backslash in a plain text literal takes the next character's meaning away. */
    boolean hasBackslashes() {
        return backslashes;
    }

    /** Whether names are made of Java's letters; otherwise of those of ASCII and everything beyond. */
    boolean hasUnicodeNames() {
        return !postgresql;
    }
}
