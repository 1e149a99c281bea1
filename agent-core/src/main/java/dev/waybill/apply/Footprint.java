// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableName;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a transaction touches, as tokens that outlive the process: a digest of a table, some of its columns and their values, and whether it is written or only referred to. Two transactions may change places unless they
 * have a token in common that one of them writes. Equal values always give equal tokens; values that differ may too, which only makes one wait for the other. One thread.
 *
 * <pre>
 *   row (a=1, b=2, c=3) of t, key a, unique b, c refers to p(id):
 *     t            referred to    (a change of all of t writes it)
 *     t(a=1)       written
 *     t(b=2)       written
 *     p            referred to
 *     p(id=3)      referred to    (the row itself writes it)
 * </pre>
 * Beyond a bound the rows of a transaction are no longer told apart: then it writes its tables, and those to which they refer, as wholes.
 */
final class Footprint {

    private final int bound;
    private final Map<Long, Boolean> tokens = new LinkedHashMap<>();
    private final Set<TableName> tables = new LinkedHashSet<>();
    private final Set<TableName> related = new LinkedHashSet<>();
    private long changes;
    private boolean whole;

    Footprint(int bound) {
        this.bound = bound;
    }

    /** The tables that the transaction changes. */
    Set<TableName> tables() {
        return tables;
    }

    long changes() {
        return changes;
    }

    /** Counts a change of a table. */
    void change(TableName table, Collection<ForeignReference> references) {
        changes++;
        if (tables.add(table)) {
            related.add(table);
            put(token(table, Map.of()), false);
            for (ForeignReference reference : references) {
                related.add(reference.parent());
                put(token(reference.parent(), Map.of()), false);
            }
        }
    }

    /** The change concerns all rows of its table. */
    void wholeTable(TableName table) {
        put(token(table, Map.of()), true);
    }

    /** A row's values of a key of its table; nothing where one of them is NULL, which is equal to nothing. */
    void key(TableName table, Map<String, String> values) {
        if (!values.containsValue(null)) {
            put(token(table, values), true);
        }
    }

    /** A row's values of a foreign key, under the names of the columns to which they refer. */
    void reference(TableName parent, Map<String, String> values) {
        if (!values.containsValue(null)) {
            put(token(parent, values), false);
        }
    }

    /** What it touches: token, and whether it is written. */
    Map<Long, Boolean> tokens() {
        if (!whole) {
            return tokens;
        }
        Map<Long, Boolean> wholes = new LinkedHashMap<>();
        related.forEach(table -> wholes.put(token(table, Map.of()), true));
        return wholes;
    }

    /** Whether its rows are no longer told apart. */
    boolean isWhole() {
        return whole;
    }

    private void put(long token, boolean written) {
        if (!whole) {
            tokens.merge(token, written, Boolean::logicalOr);
            if (tokens.size() > bound) {
                whole = true;
                tokens.clear();
            }
        }
    }

    /** The same text for values that any database takes for equal; null for NULL. */
    static String canonical(ColumnShape column, Object value) {
        if (value == null) {
            return null;
        }
        Object coarse = Key.coarse(column, value);
        if (coarse instanceof Long number) {
            return BigDecimal.valueOf(number).stripTrailingZeros().toString();
        }
        return coarse instanceof ByteBuffer bytes ? HexFormat.of().formatHex(Arrays.copyOfRange(bytes.array(), bytes.position(), bytes.limit())) : coarse.toString();
    }

    private static long token(TableName table, Map<String, String> values) {
        List<String> parts = new ArrayList<>(List.of(table.schema(), table.name()));
        new TreeMap<>(values).forEach((column, value) -> {
            parts.add(column);
            parts.add(value);
        });
        MessageDigest digest = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }
}
