// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.TableShape;
import dev.waybill.dialect.MariaDbCascades.First;
import dev.waybill.dialect.MariaDbCascades.Key;
import dev.waybill.dialect.MariaDbCascades.Step;
import dev.waybill.dialect.MariaDbCascades.Ways;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What triggers do on the tables from which foreign keys change rows of a published table.
 *
 * <pre>
 *   BEFORE the row ─► cascade_n: the rows on all ways, locked, as they are, and the keys that they will have
 *   InnoDB deletes and changes them, and runs no trigger
 *   AFTER the row  ─► trigger_row: what has become of each; and out of cascade_n
 * </pre>
 *
 * <p>Locks on rows are shared: others are refused to a trigger on tables that the statement reads itself. That is enough for the ends of ways. For what stands between, where somebody could add a row at READ COMMITTED, one of a thousand slots is
 * locked until the transaction ends, and whoever adds a row there waits for it. Where the row itself stays (DELETE IGNORE), nothing runs AFTER it, and what was found is forgotten. Nothing but these triggers reads cascade_n, and only what the
 * same session has written, row by row: nobody waits there for anybody.
 */
final class MariaDbCascadeText {

    /** Rows that are locked for others, which triggers may not lock themselves. */
    static final int SLOTS = 1_000;

    private final Dialect dialect;
    private final TableShape shape;
    private final long shapeId;
    private final MariaDbTriggerText text;
    private final String found;
    private final String variables;

    /**
     * @param found     the table of rows that were found
     * @param variables how the names of the session's variables begin
     */
    MariaDbCascadeText(Dialect dialect, TableShape shape, long shapeId, String found, String variables) {
        this.dialect = dialect;
        this.shape = shape;
        this.shapeId = shapeId;
        this.text = new MariaDbTriggerText(dialect, shape);
        this.found = found;
        this.variables = variables;
    }

    /** Makes the table of rows that were found: its keys are of the types of the published table's. */
    String table() {
        String keys = key().map(i -> dialect.quote(column(i)) + " AS key_" + i).collect(Collectors.joining(", "));
        return "CREATE OR REPLACE TABLE " + found + " (session_group BIGINT NOT NULL DEFAULT 0, number BIGINT NOT NULL DEFAULT 0, key_hash BINARY(16) NOT NULL DEFAULT '', old_row LONGBLOB NOT NULL DEFAULT '', PRIMARY KEY (session_group, number),"
                + " INDEX key_hash (session_group, key_hash)) ENGINE=InnoDB SELECT " + keys + " FROM " + published() + " WHERE FALSE";
    }

    private Stream<Integer> key() {
        return shape.key().stream();
    }

    private String column(int index) {
        return shape.columns().get(index).name();
    }

    private String published() {
        return dialect.quote(shape.schema(), shape.name());
    }

    /** Statements for before a row of the root is deleted or updated. What is left over from a row that stayed is of another group. */
    String before(Ways ways) {
        return filled("""
                    IF @group IS NOT NULL AND @moment <=> CAST(NOW(6) AS CHAR) AND NOT @root <=> #root THEN
                        #refused
                    END IF;
                    SET @count = 0, @group = NULL, @root = #root, @moment = CAST(NOW(6) AS CHAR);
                    IF @waybill_writer <=> 'agent' OR NOT @@foreign_key_checks THEN
                        LEAVE capture;
                    END IF;
                #ways""", ways).replace("#ways", ways.first().stream().map(this::first).collect(Collectors.joining()));
    }

    private String first(First first) {
        String collected = filled("    SET @group = IFNULL(@group, NEXT VALUE FOR #entry);\n", null) + collect(first.step());
        return first.begins() == null ? collected : "    IF " + first.begins() + " THEN\n" + collected + "    END IF;\n";
    }

    private String collect(Step step) {
        String further = held(step) + step.further().stream().map(this::collect).collect(Collectors.joining());
        return step.ends() ? collected(step) + (further.isEmpty() ? "" : "    IF ROW_COUNT() > 0 THEN\n" + further + "    END IF;\n") : further;
    }

    /** Until the end of the transaction nobody adds rows that hang on these. */
    private String held(Step step) {
        return step.further().stream().map(next -> slot(next.key(), next.key().parentColumns(), step.name())).distinct()
                .map(slot -> filled("    INSERT INTO #slots (slot) SELECT " + slot + " FROM " + step.way() + " WHERE " + step.condition() + " LOCK IN SHARE MODE ON DUPLICATE KEY UPDATE slot = VALUES(slot);\n", null)).collect(Collectors.joining());
    }

    /** Before a row comes to hang on others that may be going. */
    String waiting(Collection<Key> keys) {
        return "    DECLARE again BIGINT;\n" + keys.stream().map(key -> filled("    SELECT COUNT(*) INTO again FROM #slots WHERE slot = " + slot(key, key.childColumns(), "NEW") + " LOCK IN SHARE MODE;\n", null)).collect(Collectors.joining());
    }

    /** The same for what a foreign key takes for the same; one of a thousand. */
    private String slot(Key key, List<String> columns, String row) {
        return "MOD(CRC32(CONCAT_WS('/', " + MariaDbTriggerText.literal(key.parent() + "." + key.parentColumns()) + columns.stream().map(column -> ", HEX(WEIGHT_STRING(RTRIM(" + row + "." + dialect.quote(column) + ")))").collect(Collectors.joining())
                + ")), " + SLOTS + ")";
    }

    private String collected(Step end) {
        String columns = key().map(i -> ", key_" + i).collect(Collectors.joining());
        String values = key().map(i -> ", " + end.changed().getOrDefault(column(i), end.name() + "." + dialect.quote(column(i)))).collect(Collectors.joining());
        return filled("    INSERT INTO #found (session_group, number, key_hash, old_row" + columns + ") SELECT @group, (@count := @count + 1), UNHEX(MD5(" + text.row(end.name(), shape.key()::contains) + ")), " + text.row(end.name(), all -> true) + values
                + " FROM " + end.way() + " WHERE " + end.condition() + " LOCK IN SHARE MODE;\n", null);
    }

    /**
     * Statements for after it: children before what they hung on when rows go, the other way round when keys change.
     *
     * @param key of the root
     */
    String after(Ways ways, List<String> key) {
        String same = key().map(i -> "c." + dialect.quote(column(i)) + " = p.key_" + i).collect(Collectors.joining(" AND "));
        String begins = ways.deletes() ? "FALSE" : ways.first().stream().map(First::begins).collect(Collectors.joining(" OR "));
        return filled("""
                    DECLARE depth INT DEFAULT #depth;
                    DECLARE at BIGINT DEFAULT #from;
                    DECLARE again BIGINT DEFAULT 0;
                    DECLARE old_row LONGBLOB;
                    DECLARE new_row LONGBLOB;
                    IF @waybill_writer <=> 'agent' OR NOT @@foreign_key_checks THEN
                        LEAVE capture;
                    END IF;
                    IF NOT @root <=> #root OR @group IS NULL AND (#begins) THEN
                        #refused
                    END IF;
                    IF NOT @count > 0 OR #stayed THEN
                        SET @group = NULL;
                        LEAVE capture;
                    END IF;
                    SET place = NEXT VALUE FOR #entry;
                    #whose
                    WHILE at BETWEEN 1 AND @count DO
                #again        SELECT MAX(p.old_row) INTO old_row FROM #found AS p WHERE p.session_group = @group AND p.number = at;
                        SELECT MAX(#now) INTO new_row FROM #found AS p STRAIGHT_JOIN #published AS c ON #same WHERE p.session_group = @group AND p.number = at#lock;
                        IF new_row IS NULL AND #stays AND again = 0 THEN
                            #refused
                        END IF;
                        IF again = 0 THEN
                            INSERT INTO #rows (place, writer, shape_id, operation, user_name, written_at, bytes, old_row, new_row)
                                VALUES (NEXT VALUE FOR #entry, writer, #shape, IF(new_row IS NULL, 'DELETE', 'UPDATE'), LEFT(USER(), 128), UTC_TIMESTAMP(6), LENGTH(old_row) + IFNULL(LENGTH(new_row), 0), old_row, IFNULL(new_row, ''));
                        END IF;
                        DELETE FROM #found WHERE session_group = @group AND number = at;
                        SET at = at #next 1;
                    END WHILE;
                    SET @count = 0, @group = NULL;
                """, ways).replace("#stayed", ways.deletes() ? "FALSE" : stayed(ways, key)).replace("#depth", Integer.toString(ways.depth())).replace("#begins", begins).replace("#from", ways.deletes() ? filled("@count", null) : "1").replace("#next", ways.deletes() ? "-" : "+")
                .replace("#again", ways.mayMeetTwice() ? filled("        SELECT COUNT(*) - 1 INTO again FROM #found AS p STRAIGHT_JOIN #found AS q FORCE INDEX (key_hash) ON q.session_group = p.session_group AND q.key_hash = p.key_hash"
                        + " WHERE p.session_group = @group AND p.number = at;\n", null) : "").replace("#now", text.row("c", all -> true)).replace("#same", same)
                .replace("#lock", ways.deletes() ? "" : " LOCK IN SHARE MODE").replace("#stays", ways.deletes() ? "FALSE" : "TRUE").replace("#shape", Long.toString(shapeId));
    }

    private String stayed(Ways ways, List<String> key) {
        String was = ways.changed().stream().map(dialect::quote).map(column -> "CAST(r." + column + " AS BINARY) <=> CAST(OLD." + column + " AS BINARY)").collect(Collectors.joining(" AND "));
        return MariaDbTriggerText.stayed(dialect, dialect.quote(ways.root().schema(), ways.root().name()), key, was);
    }

    /** For the table's own triggers: nobody else may change its rows between BEFORE and AFTER. */
    String guard() {
        return filled("""
                    IF @group IS NOT NULL AND @moment <=> CAST(NOW(6) AS CHAR) THEN
                        #refused
                    END IF;
                """, null);
    }

    private String filled(String sql, Ways ways) {
        return sql.replace("@group", variables + "group").replace("@count", variables + "count").replace("@moment", variables + "moment").replace("@root", variables + "root")
                .replace("#root", ways == null ? "" : MariaDbTriggerText.literal(ways.root() + "/" + shapeId)).replace("#refused", "SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = "
                        + MariaDbTriggerText.literal("Rows of the published table " + shape.name() + " are changed by a foreign key and by another trigger in between. Nothing was done.") + ";")
                .replace("#found", found).replace("#slots", dialect.catalogueTable("trigger_slot")).replace("#published", published());
    }
}
