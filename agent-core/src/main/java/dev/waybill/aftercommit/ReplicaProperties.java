// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Names and values by which replicas, the databases directly below this one, are grouped: {@code waybill.replica_property}. As thread-safe as the connection. */
public final class ReplicaProperties {

    /** Every replica has it: its name. */
    static final String NAME = "name";

    private final CatalogueSql sql;

    public ReplicaProperties(Connection raw, Dialect dialect) {
        this.sql = new CatalogueSql(raw, dialect);
    }

    /**
     * In the caller's transaction.
     *
     * @param value null takes the property away
     * @throws SQLException PROPERTY_IMPLICIT for the name, USER_UNKNOWN; nothing was done then
     */
    public void set(String replica, String property, String value) throws SQLException {
        if (property.equals(NAME)) {
            throw WaybillError.PROPERTY_IMPLICIT.with(replica);
        }
        sql.dialect().beginWritingAlong(sql.raw());
        if (!sql.dialect().hasCatalogue(sql.raw())) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
        Map<String, Map<String, String>> all = all();
        if (!all.containsKey(replica)) {
            throw WaybillError.USER_UNKNOWN.with("remote user", replica, all.isEmpty() ? "none" : String.join(", ", all.keySet()));
        }
        if (value == null) {
            sql.run("DELETE FROM #replica_property WHERE replica = ? AND name = ?", replica, property);
        } else if (sql.run("UPDATE #replica_property SET setting = ? WHERE replica = ? AND name = ?", value, replica, property) == 0) {
            sql.run("INSERT INTO #replica_property (replica, name, setting) VALUES (?, ?, ?)", replica, property, value);
        }
    }

    /** Of all replicas by their names, in order. */
    Map<String, Map<String, String>> all() throws SQLException {
        Map<String, Map<String, String>> all = new TreeMap<>();
        sql.each(row -> all.put(row.getString(1), new HashMap<>(Map.of(NAME, row.getString(1)))), "SELECT user_name FROM #remote_user WHERE consolidate = 'N'");
        sql.each(row -> {
            Map<String, String> of = all.get(row.getString(1));
            if (of != null) {
                of.put(row.getString(2), row.getString(3));
            }
        }, "SELECT replica, name, setting FROM #replica_property");
        return all;
    }
}
