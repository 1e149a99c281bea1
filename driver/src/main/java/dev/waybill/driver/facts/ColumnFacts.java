// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

/**
 * How a column takes what is given for it.
 *
 * @param stores    a value of its own type is stored as it is: it is no identity, not generated, of no domain, and NULL stays NULL
 * @param nullable  it can be NULL
 * @param defaulted it has a value of its own when it is left out
 */
public record ColumnFacts(boolean stores, boolean nullable, boolean defaulted) {}
