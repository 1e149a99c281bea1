// SPDX-License-Identifier: Apache-2.0
package dev.waybill.passthrough;

/** How far a statement has come that commits by itself. */
public enum StepState {
    /** It is executed, or was when somebody stopped. */
    BEGUN,
    /** It was executed; the position of its transaction is still before it. */
    DONE
}
