// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

/**
 * Which old values travel upward with a change, to be held against the row there.
 *
 * @param column of VERSION, as the database keeps its name; otherwise null
 */
public record Verification(Mode mode, String column) {

    /** Nothing is verified. */
    public static final Verification NONE = new Verification(Mode.NONE, null);

    /** How much. */
    public enum Mode { NONE, CHANGED, ALL, VERSION }

    /** Whether old values are captured at all. */
    public boolean isOn() {
        return mode != Mode.NONE;
    }
}
