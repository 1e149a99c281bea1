// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongSupplier;

/** A database product with one database for each variant. Any thread. */
interface Product extends AutoCloseable {

    /** For the first line. */
    String title();

    List<Variant> variants();

    List<Workload> workloads();

    /** How many application's threads there are, one run after the other. */
    default List<Integer> threads() {
        return List.of(1, 8);
    }

    /** A connection by which this variant works. */
    Connection connect(Variant variant) throws SQLException;

    /** How transactions of this workload end there, on this connection. */
    Ending ending(Variant variant, Workload workload, Connection connection) throws SQLException;

    /** The processor time, in nanoseconds, that the server has spent for this connection in a process of its own; nothing where the database lives in this process. */
    default LongSupplier serverTime(Connection connection) throws SQLException {
        return () -> 0;
    }

    /** Before the next slice, where what nobody takes away would become too much: its growth is not what is measured. */
    void emptyOutbox(Variant variant) throws SQLException;

    @Override
    void close() throws IOException, SQLException;
}
