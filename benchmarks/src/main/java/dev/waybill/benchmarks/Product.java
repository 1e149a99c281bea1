// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.function.LongSupplier;

/** A database product with one database for each variant. Any thread. */
interface Product extends AutoCloseable {

    /** For the first line. */
    String title();

    List<Variant> variants();

    /** What is measured: of transactions that are one statement, products have nothing of their own by default. */
    default List<Workload> workloads() {
        return List.of(Workload.READ, Workload.UNPUBLISHED, Workload.SINGLE, Workload.TPCB, Workload.BATCH);
    }

    /** How many application's threads there are, one run after the other. */
    default List<Integer> threads() {
        return List.of(1, 8);
    }

    /** The real driver's URL of this variant's database. */
    String url(Variant variant);

    /** A connection by which this variant works. */
    default Connection connect(Variant variant) throws SQLException {
        var properties = new Properties();
        if (variant.isWaybill()) {
            properties.setProperty("waybill.agent", variant == Variant.AGENT ? "auto" : "off");
        }
        return DriverManager.getConnection(variant.isWaybill() ? url(variant).replaceFirst("jdbc:", "jdbc:waybill:") : url(variant), properties);
    }

    /** What puts a payload into the table that is an outbox by hand. */
    default String trail() {
        return "INSERT INTO trail (payload) VALUES (?)";
    }

    /** How transactions of this workload end there, on this connection. */
    default Ending ending(Variant variant, Workload workload, Connection connection) throws SQLException {
        return variant == Variant.OUTBOX ? Ending.separate(connection, trail(), workload.payloadBytes()) : Ending.bare(connection);
    }

    /** The processor time, in nanoseconds, that the server has spent for this connection in a process of its own; nothing where the database lives in this process. */
    default LongSupplier serverTime(Connection connection) throws SQLException {
        return () -> 0;
    }

    /** Before the next slice, where what nobody takes away would become too much: its growth is not what is measured. */
    void emptyOutbox(Variant variant) throws SQLException;

    @Override
    void close() throws IOException, SQLException;
}
