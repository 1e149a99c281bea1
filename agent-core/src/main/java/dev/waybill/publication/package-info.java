// SPDX-License-Identifier: Apache-2.0
/**
 * The catalogue: publisher, publications, articles, remote users, subscriptions, message types; and the filter that projects journal entries for a subscriber.
 *
 * <p><b>Guarantee.</b> Definitions are immutable and numbered: every change of the catalogue makes a new version, and a journal entry is filtered under the version under which it was captured.
 * A publication comes into force without a gap: every writer compares the version at its commit, and START and SYNCHRONIZE wait, bounded, for the writers that began before.
 *
 * <p><b>How.</b>
 * <pre>
 *   catalogue statement ─► one transaction: rows changed, version + 1 ─► announced in the process ({@link dev.waybill.publication.CatalogueBoard})
 *   writer: sees version v when it plans; at commit v' ≠ v and a table that it wrote uncaptured is published now ─► 40001
 * </pre>
 */
package dev.waybill.publication;
