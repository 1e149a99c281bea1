// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.dialect.Dialect.BareType;

/**
 * A column as it is here.
 *
 * @param generated computed from others: never assigned
 * @param identity  drawn from a sequence when no value is given
 * @param bareType  its type without parameters, where values come in arrays; otherwise null
 */
record ReplicaColumn(String name, String typeName, long size, boolean nullable, boolean generated, boolean identity, BareType bareType) {}
