// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import dev.waybill.change.TableDefinition.Action;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary form of table definitions, inside SNAPSHOT_START records. Stateless; any thread.
 *
 * <pre>
 *   definition := shape · primary flag · (facts)* one a column · unique keys varint · names* · foreign keys varint · (foreign key)* · left out names
 *   facts      := bits byte (1 nullable, 2 identity, 4 generated) · expression text if generated
 *   foreign    := names · schema text · table text · names · on delete byte · on update byte
 *   names      := count varint · text*
 * </pre>
 */
final class DefinitionCodec {

    private static final int NULLABLE = 1;
    private static final int IDENTITY = 2;
    private static final int GENERATED = 4;
    private static final Action[] ACTIONS = Action.values();

    private DefinitionCodec() {}

    static void write(ByteSink to, TableDefinition table) {
        if (table.columns().size() != table.shape().columns().size()) {
            throw new IllegalArgumentException("facts of " + table.columns().size() + " columns for " + table.shape().columns().size() + " of " + table.shape().qualifiedName());
        }
        ShapeCodec.write(to, table.shape());
        to.putByte(table.primaryKey() ? 1 : 0);
        table.columns().forEach(facts -> write(to, facts));
        to.putVarint(table.uniqueKeys().size());
        table.uniqueKeys().forEach(names -> write(to, names));
        to.putVarint(table.foreignKeys().size());
        table.foreignKeys().forEach(foreignKey -> write(to, foreignKey));
        write(to, table.leftOut());
    }

    static TableDefinition read(ByteSource from) throws MalformedException {
        TableShape shape = ShapeCodec.readShape(from);
        boolean primaryKey = from.getFlag("primary key");
        List<ColumnFacts> columns = new ArrayList<>();
        for (int i = 0; i < shape.columns().size(); i++) {
            columns.add(readFacts(from));
        }
        List<List<String>> uniqueKeys = new ArrayList<>();
        for (int i = from.getCount(1, "unique keys"); i > 0; i--) {
            uniqueKeys.add(readNames(from));
        }
        List<ForeignKey> foreignKeys = new ArrayList<>();
        for (int i = from.getCount(6, "foreign keys"); i > 0; i--) {
            foreignKeys.add(readForeignKey(from));
        }
        return new TableDefinition(shape, primaryKey, columns, uniqueKeys, foreignKeys, readNames(from));
    }

    private static void write(ByteSink to, ColumnFacts facts) {
        to.putByte((facts.nullable() ? NULLABLE : 0) | (facts.identity() ? IDENTITY : 0) | (facts.generatedAs() != null ? GENERATED : 0));
        if (facts.generatedAs() != null) {
            to.putText(facts.generatedAs());
        }
    }

    private static ColumnFacts readFacts(ByteSource from) throws MalformedException {
        int bits = from.getNumber(NULLABLE | IDENTITY | GENERATED, "facts of a column");
        String generatedAs = (bits & GENERATED) != 0 ? from.getText("expression") : null;
        return new ColumnFacts((bits & NULLABLE) != 0, (bits & IDENTITY) != 0, generatedAs);
    }

    private static void write(ByteSink to, ForeignKey foreignKey) {
        write(to, foreignKey.columns());
        to.putText(foreignKey.schema());
        to.putText(foreignKey.table());
        write(to, foreignKey.referenced());
        to.putByte(foreignKey.onDelete().code());
        to.putByte(foreignKey.onUpdate().code());
    }

    private static ForeignKey readForeignKey(ByteSource from) throws MalformedException {
        return new ForeignKey(readNames(from), from.getText("schema name"), from.getText("table name"), readNames(from), readAction(from), readAction(from));
    }

    private static Action readAction(ByteSource from) throws MalformedException {
        return ShapeCodec.constant(ACTIONS, Action::code, from.getByte(), "foreign key action");
    }

    private static void write(ByteSink to, List<String> names) {
        to.putVarint(names.size());
        names.forEach(to::putText);
    }

    private static List<String> readNames(ByteSource from) throws MalformedException {
        List<String> names = new ArrayList<>();
        for (int i = from.getCount(1, "names"); i > 0; i--) {
            names.add(from.getText("name"));
        }
        return names;
    }
}
