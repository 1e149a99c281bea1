// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.MalformedException;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.LocalNames;
import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds out what a transaction would touch here, as the tables are now: its own images, completed by the rows that they are about. Used only where transactions are parked or about to be, so it may cost a query for each
 * change of a table with more keys than one. One use for one database transaction, one thread.
 */
final class Surveyor {

    /** Rows of a transaction that are told apart. */
    static final int ROWS = 10_000;

    private final Connection raw;
    private final Dialect dialect;
    private final Map<TableName, Ground> grounds = new HashMap<>();

    /** A table here: its keys, its references, and the columns that both need; null when the table is not here. */
    private record Ground(ReplicaTable table, List<ForeignReference> references, Set<String> needed) {}

    Surveyor(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
    }

    /** What it touches; null for a snapshot, which goes its own way. */
    Footprint survey(ReceivedTransaction transaction, String sender) throws SQLException {
        Footprint footprint = new Footprint(ROWS);
        try (TransactionReader reader = new TransactionReader(transaction.content().open(raw))) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof SnapshotStart) {
                    return null;
                } else if (record instanceof Change change) {
                    add(footprint, change);
                }
            }
        } catch (MalformedException malformed) {
            throw WaybillError.APPLY_UNREADABLE.because(malformed, transaction.offset(), sender, malformed.getMessage());
        } catch (IOException away) {
            throw away.getCause() instanceof SQLException database ? database : WaybillError.APPLY_POSTPONED.because(away, transaction.offset(), sender, "none", away.getMessage());
        }
        return footprint;
    }

    private void add(Footprint footprint, Change change) throws SQLException {
        TableShape shape = local(change.table());
        TableName name = TableName.of(shape);
        Ground ground = ground(name);
        footprint.change(name, ground.references());
        if (Kind.of(change) == Kind.TRUNCATE) {
            footprint.wholeTable(name);
            return;
        }
        Map<String, String> here = footprint.isWhole() ? Map.of() : here(ground, change);
        for (RowImage image : images(change)) {
            touch(footprint, ground, name, shape, image, here);
        }
    }

    private static List<RowImage> images(Change change) {
        List<RowImage> images = new ArrayList<>();
        for (RowImage image : new RowImage[] {change.oldKey(), change.before(), change.after()}) {
            if (image != null) {
                images.add(image);
            }
        }
        return images;
    }

    /** What the image says, and what the row here has where it says nothing; with and without, since the change may be about to write it. */
    private static void touch(Footprint footprint, Ground ground, TableName name, TableShape shape, RowImage image, Map<String, String> here) {
        List<String> key = shape.key().stream().map(index -> shape.columns().get(index).name()).toList();
        List<Collection<String>> keys = new ArrayList<>(List.of(key));
        if (ground.table() != null) {
            keys.addAll(ground.table().uniqueKeys());
        }
        for (Collection<String> columns : keys) {
            Map<String, String> values = values(shape, columns, List.copyOf(columns), image, here);
            if (values != null) {
                footprint.key(name, values);
            }
            Map<String, String> present = values(shape, columns, List.copyOf(columns), null, here);
            if (present != null) {
                footprint.key(name, present);
            }
        }
        for (ForeignReference reference : ground.references()) {
            Map<String, String> values = values(shape, reference.columns(), reference.referenced(), image, here);
            if (values != null) {
                footprint.reference(reference.parent(), values);
            }
            Map<String, String> present = values(shape, reference.columns(), reference.referenced(), null, here);
            if (present != null) {
                footprint.reference(reference.parent(), present);
            }
        }
    }

    /** Null when one of them is not known. */
    private static Map<String, String> values(TableShape shape, Collection<String> columns, List<String> names, RowImage image, Map<String, String> here) {
        Map<String, String> values = new TreeMap<>();
        int position = 0;
        for (String column : columns) {
            int index = index(shape, column);
            if (index < 0) {
                values.put(names.get(position), Key.ANY.toString()); // nobody at the sender's gives it a value
            } else if (image != null && image.has(index)) {
                values.put(names.get(position), Footprint.canonical(shape.columns().get(index), image.value(index)));
            } else if (here.containsKey(column)) {
                values.put(names.get(position), here.get(column));
            } else {
                return null;
            }
            position++;
        }
        return values;
    }

    /** What the row of the change has here in columns of keys and references beside its key; empty when there is no such row, or nothing to be asked. */
    private Map<String, String> here(Ground ground, Change change) throws SQLException {
        TableShape shape = local(change.table());
        List<ColumnShape> asked = shape.columns().stream().filter(column -> ground.needed().contains(column.name())).toList();
        RowImage image = change.oldKey() != null ? change.oldKey() : change.before() != null ? change.before() : change.after();
        Map<String, String> values = new HashMap<>();
        if (asked.isEmpty() || shape.key().stream().anyMatch(index -> !image.has(index) || image.value(index) == null)) {
            return values;
        }
        String sql = "SELECT " + asked.stream().map(column -> dialect.selected(column)).collect(Collectors.joining(", ")) + " FROM " + dialect.quote(shape.schema(), shape.name()) + " WHERE "
                + shape.key().stream().map(index -> dialect.quote(shape.columns().get(index).name()) + " = ?").collect(Collectors.joining(" AND "));
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            int parameter = 1;
            for (int index : shape.key()) {
                dialect.bind(select, parameter++, image.value(index), shape.columns().get(index).type());
            }
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    for (int index = 0; index < asked.size(); index++) {
                        values.put(asked.get(index).name(), Footprint.canonical(asked.get(index), dialect.read(row, index + 1, asked.get(index).type())));
                    }
                }
            }
        }
        return values;
    }

    /** By the names that the table has here. */
    private TableShape local(TableShape sent) throws SQLException {
        return ground(TableName.of(sent)).table() != null ? sent : LocalNames.shape(dialect, sent);
    }

    private Ground ground(TableName name) throws SQLException {
        Ground known = grounds.get(name);
        if (known == null) {
            ReplicaTable table = ReplicaMetadata.read(raw, dialect, name);
            List<ForeignReference> references = table == null ? List.of() : ForeignReference.of(raw, dialect, name);
            Set<String> needed = new LinkedHashSet<>();
            if (table != null) {
                table.uniqueKeys().forEach(needed::addAll);
                references.forEach(reference -> needed.addAll(reference.columns()));
                needed.retainAll(table.columns().keySet());
            }
            known = new Ground(table, references, needed);
            grounds.put(name, known);
        }
        return known;
    }

    private static int index(TableShape shape, String column) {
        for (int index = 0; index < shape.columns().size(); index++) {
            if (shape.columns().get(index).name().equals(column)) {
                return index;
            }
        }
        return -1;
    }
}
