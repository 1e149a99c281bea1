// SPDX-License-Identifier: Apache-2.0
/**
 * JDBC routing: one policy class for each JDBC interface, holding only the methods with policy; ByteBuddy makes the rest, vendor interfaces included, as direct calls to the delegate.
 *
 * <p><b>Guarantee.</b> What an application holds never leads to a raw connection by accident: {@code getConnection}, {@code getStatement}, generated keys, result sets, arrays and metadata lead back to our objects;
 * {@code equals}, {@code unwrap} and {@code isWrapperFor} are consistent. Exceptions are the real driver's own objects. A pass-through call allocates nothing and costs one static call.
 *
 * <p><b>How.</b>
 * <pre>
 *   delegate class ─► {@link dev.waybill.driver.proxy.Proxies} ─► family of the policy ─► generated class, made once, in a class loader of its own
 *
 *   a method   that a policy class declares        policy; executions and edges of transactions ask {@link dev.waybill.driver.capture.ConnectionCapture}
 *              that gives what leads back          lead(delegate.method(…))
 *              any other, default methods too      delegate.method(…)
 * </pre>
 * A statement keeps the {@link dev.waybill.driver.capture.Outcome} of its last execution: the raw statement's own is asked from it, another is presented from here. A result set with chosen columns
 * ({@link dev.waybill.driver.proxy.ColumnView}) and metadata without our schema ({@link dev.waybill.driver.proxy.VisibleRows}) are generated in the same way.
 *
 * <p><b>Decisions.</b>
 * <ul>
 * <li>Policy classes are public only because the generated ones live in another class loader. Nobody else extends them.
 * <li>Generated classes are kept softly and forgotten when the driver is deregistered: neither the real driver's class loader nor ours is held. The constructor is called by a second generated class;
 *     LambdaMetafactory refuses to work across class loaders.
 * <li>Where neither class loader sees the other's classes, {@link dev.waybill.driver.proxy.TwoLoaders} sends each name to the right one: asking parents in turn can find another copy of the real driver.
 * <li>{@code unwrap} to a class of the real driver is refused, or counted in {@code waybill.counter} when {@code waybill.unwrap=allow}.
 * <li>What vendors' own interfaces of connections and statements run past JDBC is shown to capture first ({@link dev.waybill.driver.proxy.VendorCalls}), which refuses what it would have to capture.
 * <li>A text given to a prepared statement is refused by the same method of the real driver itself, provoked with a text that does nothing.
 * <li>{@code INFORMATION_SCHEMA} is not filtered; {@code DatabaseMetaData} is.
 * </ul>
 *
 * <p><b>Rejected.</b> {@code java.lang.reflect.Proxy} (10 to 15 times the cost of a call), a hand-written wrapper of everything (misses new JDBC methods and vendor interfaces), routing by method name, a ClassValue that
 * holds classes strongly (keeps a redeployed application's class loader for ever), {@code value instanceof Array} on every value (a negative search among interfaces costs more than the read).
 *
 * <p><b>Shown by</b> the transparency suite of the integration tests: every method of every interface in about fifty states against the bare drivers of H2, PostgreSQL, MariaDB, SQLite and HSQLDB, with the lists of known differences.
 */
package dev.waybill.driver.proxy;
