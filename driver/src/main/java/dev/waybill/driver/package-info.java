// SPDX-License-Identifier: Apache-2.0
/**
 * The front door: {@code java.sql.Driver}, {@code DataSource}, URL and settings.
 *
 * <p><b>Guarantee.</b> {@code jdbc:waybill:X} connects as {@code jdbc:X} does, with the URL after the prefix untouched, and every call behaves as on the bare driver.
 *
 * <p><b>How.</b>
 * <pre>
 *   jdbc:waybill:h2:./orders ─► settings read ─► the driver that accepts jdbc:h2:./orders ─► raw connection
 *                                                   ─► capture opened on it ─► agent beside told ─► our connection over it
 * </pre>
 *
 * <p><b>Settings</b> ({@link dev.waybill.driver.setting.Setting} lists them): the connection's properties go before system properties before the file {@code waybill.properties}. A name that begins with
 * {@code waybill.} and is none of them is refused: a misspelt {@code waybill.uncaptured} must not pass in silence. None of them reaches the real driver.
 *
 * <p><b>Decisions.</b> The real driver is asked directly, not through {@code DriverManager.getConnection}, so that its exception comes as it is; where DriverManager shows none, the thread's class loader is asked. The
 * prefix is taken off at the beginning only, and never twice. Read-only connections start no agent. {@link dev.waybill.driver.WaybillConnection} is a facet that {@code unwrap} gives, not an interface of the
 * connection, since imports point down.
 *
 * <p><b>Distributed transactions</b>: {@link dev.waybill.driver.WaybillXaDataSource} keeps one connection of ours below all handles that the real XAConnection's user borrows, so that what is captured belongs to the branch
 * and not to the handle, which applications close before the branch ends. Capture is written before the branch is prepared (the entry id is drawn there); from then on the branch needs nothing of us. Rejected: to capture on the handles
 * (closing one would lose what it wrote), and to write at the second phase (a recovery would not know what).
 *
 * <p><b>Two copies</b> of this driver in one process, each in a class loader of its own, over one copy of an embedded database would not hear of one another's publications; the second is refused while the first has connections
 * ({@link dev.waybill.driver.OneCopy}). On a server they are kept by its fence, as processes are.
 *
 * <p><b>The jar</b> {@code driver-…-all.jar} holds everything under names of our own; the other artifact is for builds that already have the libraries.
 */
package dev.waybill.driver;
