// SPDX-License-Identifier: Apache-2.0
/**
 * What capture knows of a database before it looks at a statement: the published tables, their neighbours, what names mean, and what can write unseen.
 *
 * <p><b>Guarantee.</b> Facts are of one moment: of one version of the catalogue and one state of the definitions. What could not be read for certain stands there as what can write, never as what cannot.
 *
 * <p><b>How.</b>
 * <pre>
 *   catalogue (what is published) ─┐
 *   the database's own metadata ───┴─► a reader for each product ─► {@link dev.waybill.driver.facts.DatabaseFacts}: tables, foreign keys, writers that no statement names
 *   the connection ─► {@link dev.waybill.driver.facts.NameContext}, a statement's tokens ({@link dev.waybill.driver.facts.SqlText}) ─► {@link dev.waybill.driver.facts.NameResolver} ─► the table that is meant
 * </pre>
 *
 * <p><b>Decisions.</b> Facts are values: whoever plans holds on to those that he began with, and notices by the catalogue's version and the state of the definitions that there are others. Readers run while one book of plans is made, on the
 * connection that needs it. A table lays out in arrays what is looked at for every row ({@link dev.waybill.driver.facts.CapturedTable}).
 */
package dev.waybill.driver.facts;
