// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

/** A process may end on either side of a durable step: its effect is not there yet, or nobody has been told of it. */
public enum Side { BEFORE, AFTER }
