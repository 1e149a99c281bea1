// SPDX-License-Identifier: Apache-2.0
/**
 * Real database servers for tests.
 *
 * <p><b>Guarantee.</b> A test that asks for a PostgreSQL database gets a real one, of its own, empty, on every machine with a JDK and Maven: the server comes from Maven artifacts. It is never skipped.
 *
 * <p><b>How.</b>
 * <pre>
 *   PostgresServer.running() ─► one server in this JVM, started at the first call, stopped when the JVM ends
 *          .freshDatabase() ─► PostgresDatabase: url(), connect(), execute(…)          one for each test
 * </pre>
 * The server listens on a free port of its own, so test JVMs do not meet. It starts in about a second (the very first time on a machine it unpacks for three), a database in some tens of milliseconds.
 *
 * <p><b>Decisions.</b> A module of its own, because the tests of three modules need it, and a test-jar would carry {@code agent-core}'s tests to all of them. {@code synchronous_commit} is on, as in production: without it
 * a commit is not in the log when it returns, and what concerns durability would look right by luck. {@code fsync} is off: nobody pulls the plug. A test that kills the server must start its own.
 */
package dev.waybill.databases;
