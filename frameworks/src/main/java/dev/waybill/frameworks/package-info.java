// SPDX-License-Identifier: Apache-2.0
/**
 * What makes frameworks that judge by the URL alone know {@code jdbc:waybill:}.
 *
 * <p><b>Guarantee.</b> With this jar beside the driver's, Spring Boot, Flyway and Liquibase work when only the URL is changed. Without those frameworks it does nothing: no class of it is ever loaded, and none of them comes along with it.
 *
 * <p><b>How.</b>
 * <pre>
 *   Spring Boot   knows a list of URLs and stops at others       {@link dev.waybill.frameworks.BootDriverClass}, by META-INF/spring.factories: says the driver's class where nobody has
 *   Flyway        knows a list of URLs and stops at others       {@link dev.waybill.frameworks.FlywayUrl}, by ServiceLoader: one URL more; the database is told by its connection, as ever
 *   Liquibase     knows a list of URLs and asks for the driver   {@link dev.waybill.frameworks.LiquibaseUrl}, by ServiceLoader: the same
 *   Druid         has no such point: docs/frameworks.md has its one line
 * </pre>
 *
 * <p><b>Decisions.</b> One jar for the three, since each entry is read only by the framework that it is for. Not part of the driver's jar: Flyway instantiates every plug-in that it finds, so a version of Flyway whose plug-ins have another form
 * would fail for people who do not even use its URL. Nothing of ours is imported, the driver is known by its name: the jar goes with every version of it. An {@code ApplicationListener} for Spring Boot, not an
 * {@code EnvironmentPostProcessor}, since that interface is in another package from version 4 on; the event that it hears is the one by which post-processors are run, after them.
 */
package dev.waybill.frameworks;
