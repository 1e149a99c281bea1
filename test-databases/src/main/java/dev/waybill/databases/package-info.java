// SPDX-License-Identifier: Apache-2.0
/**
 * Real database servers for tests, and the broker of the Kafka link's.
 *
 * <p><b>Guarantee.</b> A test that asks for a database of PostgreSQL or MariaDB gets a real one, of its own, empty: the servers come from Maven artifacts. PostgreSQL is never skipped; MariaDB's artifact is for Linux on amd64, and
 * elsewhere its tests are skipped and say so.
 *
 * <p><b>How.</b>
 * <pre>
 *   PostgresServer.running() ─► one server in this JVM, started at the first call, stopped when the JVM ends
 *          .freshDatabase() ─► PostgresDatabase: url(), connect(), execute(…)          one for each test
 *   MariaDbServer.running() ─► the same, with MariaDbFiles: program unpacked once on a machine, data made anew
 *          .freshDatabase() ─► MariaDbDatabase
 *   KafkaBroker.start()     ─► a cluster of one broker in a process of its own, for one test class; kill(), startAgain()
 * </pre>
 * Each server listens on a free port of its own, so test JVMs do not meet. They start in about a second (the very first time on a machine they unpack for three), a database in some tens of milliseconds.
 *
 * <p><b>Decisions.</b> A module of its own, because the tests of three modules need it, and a test-jar would carry {@code agent-core}'s tests to all of them. {@code synchronous_commit} is on, as in production: without it
 * a commit is not in the log when it returns, and what concerns durability would look right by luck. {@code fsync} is off: nobody pulls the plug. A test that kills the server must start its own. MariaDB's server is bootstrapped and
 * started by ourselves, which takes half of a second: the library that is published with its binaries brings Spring into the class path of every test, fails silently without TLS, and listens on all addresses.
 */
package dev.waybill.databases;
