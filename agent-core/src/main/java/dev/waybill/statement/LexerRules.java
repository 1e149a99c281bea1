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
    SQLITE(false, false),
    /** {@code //} begins a comment; comments in brackets do not nest; dollars begin nothing. */
    HSQLDB(false, false),
    /**
     * {@code #} begins a comment, two hyphens only before a blank, brackets do not nest; {@code "…"} is text; a backslash escapes in every text; a dollar sign is part of names.
     */
    MARIADB(false, true, true, false),
    /** As {@link #MARIADB} with {@code NO_BACKSLASH_ESCAPES}. */
    MARIADB_PLAIN(false, false, true, false),
    /** As {@link #MARIADB} with {@code ANSI_QUOTES}: {@code "…"} is a name. */
    MARIADB_ANSI(false, true, true, true),
    /** With both. */
    MARIADB_ANSI_PLAIN(false, false, true, true);

    private final boolean postgresql;
    private final boolean backslashes;
    private final boolean mariadb;
    private final boolean quotedNames;

    LexerRules(boolean postgresql, boolean backslashes) {
        this(postgresql, backslashes, false, true);
    }

    LexerRules(boolean postgresql, boolean backslashes, boolean mariadb, boolean quotedNames) {
        this.postgresql = postgresql;
        this.backslashes = backslashes;
        this.mariadb = mariadb;
        this.quotedNames = quotedNames;
    }

    /** Those of a session of MariaDB. */
    public static LexerRules mariaDb(boolean backslashes, boolean quotedNames) {
        return quotedNames ? backslashes ? MARIADB_ANSI : MARIADB_ANSI_PLAIN : backslashes ? MARIADB : MARIADB_PLAIN;
    }

    /** Whether {@code #} begins a comment, two hyphens do so only before a blank, and a comment in brackets ends at the first end. */
    boolean hasHashComments() {
        return mariadb;
    }

    /** Whether {@code "…"} is a name; otherwise it is text. */
    boolean hasQuotedNames() {
        return quotedNames;
    }

    /** Whether {@code U&'…'} is a literal. */
    boolean hasUnicodeLiterals() {
        return !mariadb;
    }

    /** Whether a dollar sign is a letter. */
    boolean hasDollarNames() {
        return mariadb;
    }

    boolean hasSlashComments() {
        return !postgresql && !mariadb && this != SQLITE;
    }

    boolean hasNestedComments() {
        return !mariadb && this != SQLITE && this != HSQLDB;
    }

    boolean hasBracketedNames() {
        return this == SQLITE;
    }

    /** Whether {@code N'…'} and {@code U&'…'} are literals. */
    boolean hasPrefixedLiterals() {
        return this != SQLITE;
    }

    boolean hasDollarQuotes() {
        return this != SQLITE && this != HSQLDB;
    }

    boolean hasDollarTags() {
        return postgresql;
    }

    boolean hasBracketTrigraphs() {
        return !postgresql && !mariadb && this != SQLITE;
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
        return !postgresql && !mariadb;
    }
}
