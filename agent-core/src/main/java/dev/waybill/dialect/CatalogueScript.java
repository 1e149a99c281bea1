// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The statements that make the catalogue on one product: {@code catalogue.sql}, which all have, in the product's own words, then a script of its own. Immutable; any thread.
 *
 * @param naming a table of ours as the product writes it
 * @param words  what the product says for {@code instant}, {@code uuid}, {@code digest} (16 bytes), {@code zero} (such a value), {@code bytes} (up to a million), {@code large} (bytes without a bound), {@code text} (up to
 *               100,000 characters), {@code before} and, where it is not itself, {@code at} (names of columns, which are words of some), {@code identity} (a number drawn by the table, its key), {@code index} (what stands before the name of a new index), and, where they are not the usual ones, {@code user} (who
 *               writes a row, as its default) and {@code view} (how one begins that may be there)
 */
record CatalogueScript(UnaryOperator<String> naming, Map<String, String> words) {

    /** Where most products say the same. */
    private static final Map<String, String> USUAL = Map.of("at", "at", "user", "CURRENT_USER", "view", "CREATE OR REPLACE VIEW");
    private static final List<String> OF_JOBS = List.of("after_commit_job", "after_commit_pause", "sys_backgroundjob_info", "replica_property");

    private static final List<String> OF_CALLS = List.of("remote_call", "remote_request", "remote_procedure", "remote_right", "sync_user");

    private static final Pattern CONFLICTS = Pattern.compile("CREATE [A-Z ]*TABLE IF NOT EXISTS [^ (]*conflict(_value)? ");
    private static final Pattern PASSTHROUGHS = Pattern.compile("CREATE [A-Z ]*TABLE IF NOT EXISTS [^ (]*passthrough_step ");
    private static final Pattern NOTIFIERS = Pattern.compile("CREATE [A-Z ]*TABLE IF NOT EXISTS [^ (]*(notify_setting|notifier|push_request|push_request_state|listener_address) ");
    private static final Pattern PLACE = Pattern.compile("#([a-z_]+)|\\{([a-z]+)}");

    /**
     * All of them, in order.
     *
     * @param first what must come before any table
     * @param own   the resource of what this product has alone
     */
    List<String> statements(List<String> first, String own) {
        List<String> statements = new ArrayList<>(first);
        SqlScript.resource("catalogue.sql").forEach(statement -> statements.add(filled(statement)));
        SqlScript.resource(own).forEach(statement -> statements.add(filled(statement)));
        return List.copyOf(statements);
    }

    /** The statement that makes one of the tables that all products have: an upgrade step for catalogues that lack it. */
    Dialect.UpgradeStep table(String name, int from) {
        String begin = "CREATE TABLE IF NOT EXISTS #" + name + " ";
        return new Dialect.UpgradeStep(from, SqlScript.resource("catalogue.sql").stream().filter(statement -> statement.startsWith(begin)).map(this::filled).toList());
    }

    /** Makes the tables of conflicts, out of a product's own statements. */
    static Dialect.UpgradeStep conflicts(int from, List<String> catalogue) {
        return new Dialect.UpgradeStep(from, catalogue.stream().filter(statement -> CONFLICTS.matcher(statement).lookingAt()).toList());
    }

    /** Makes the table of PASSTHROUGH, likewise. */
    static Dialect.UpgradeStep passthroughs(int from, List<String> catalogue) {
        return new Dialect.UpgradeStep(from, catalogue.stream().filter(statement -> PASSTHROUGHS.matcher(statement).lookingAt()).toList());
    }

    /** Makes the tables of notifiers, out of a product's own statements. */
    static Dialect.UpgradeStep notifiers(int from, List<String> catalogue) {
        return new Dialect.UpgradeStep(from, catalogue.stream().filter(statement -> NOTIFIERS.matcher(statement).lookingAt()).toList());
    }

    /** The statement that lets a row of the journal hold several transactions. */
    Dialect.UpgradeStep transactionsOfABlock(int from) {
        return new Dialect.UpgradeStep(from, List.of(filled("ALTER TABLE #journal ADD COLUMN IF NOT EXISTS transactions INTEGER DEFAULT 1 NOT NULL")));
    }

    /**
     * The statements that let a stream name on what it rests. Where it is not certain that they were heard in the present stream, nothing is said of it.
     *
     * @param adding {@code ADD COLUMN}, in such a way that a step that was interrupted can be done again
     */
    Dialect.UpgradeStep standing(int from, String adding) {
        List<String> columns = List.of("heard_incarnation {uuid}", "heard_stream INTEGER DEFAULT 0 NOT NULL", "heard_offset BIGINT DEFAULT 0 NOT NULL", "heard_digest {digest} DEFAULT {zero} NOT NULL",
                "stream_word VARCHAR(10) DEFAULT 'NONE' NOT NULL");
        List<String> statements = new ArrayList<>();
        columns.forEach(column -> statements.add(filled("ALTER TABLE #remote_user " + adding + " " + column)));
        statements.add(filled("UPDATE #remote_user SET heard_incarnation = incarnation, heard_stream = stream_sent, heard_offset = confirm_sent, heard_digest = digest_confirmed"
                + " WHERE stream_sent = 0 OR confirm_sent > stream_base"));
        return new Dialect.UpgradeStep(from, statements);
    }

    /** The statements for after-commit jobs and replica properties, out of all that make the catalogue on a product. */
    static Dialect.UpgradeStep jobs(int from, List<String> catalogue) {
        return new Dialect.UpgradeStep(from, catalogue.stream().filter(statement -> OF_JOBS.stream().anyMatch(statement::contains)).toList());
    }

    /** The statements for what neighbours ask of one another, out of all that make the catalogue on a product. */
    static Dialect.UpgradeStep calls(int from, List<String> catalogue) {
        return new Dialect.UpgradeStep(from, catalogue.stream().filter(statement -> OF_CALLS.stream().anyMatch(statement::contains)).toList());
    }

    /** The statements for tentative work, out of all that make the catalogue on a product. */
    static Dialect.UpgradeStep tentative(int from, List<String> catalogue) {
        return new Dialect.UpgradeStep(from, catalogue.stream().filter(statement -> statement.contains("tentative_") || statement.contains("sync_parameter")).toList());
    }

    private String filled(String statement) {
        return PLACE.matcher(statement).replaceAll(place -> Matcher.quoteReplacement(place.group(1) == null ? word(place.group(2)) : naming.apply(place.group(1))));
    }

    private String word(String name) {
        String word = words.getOrDefault(name, USUAL.get(name));
        if (word == null) {
            throw new IllegalStateException("no word for {" + name + "}");
        }
        return word;
    }
}
