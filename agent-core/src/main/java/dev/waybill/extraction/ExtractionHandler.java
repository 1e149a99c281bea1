// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

/** Hears how an extraction goes. Called by the threads that do the work, one at a time. What it throws ends the extraction there, as a kill would. */
public interface ExtractionHandler {

    /** Hears nothing. */
    ExtractionHandler NONE = new ExtractionHandler() {
        @Override
        public void said(String sentence) {
            // Nobody listens.
        }

        @Override
        public void went(String what, int done, int all, long rows) {
            // Nobody listens.
        }
    };

    /** Something that people want to know: what was found, what begins. */
    void said(String sentence);

    /**
     * A step is done.
     *
     * @param what as {@code reading}, {@code loading shop1}
     * @param done steps of this kind that are done
     * @param all  how many there are
     * @param rows of all those that are done
     */
    void went(String what, int done, int all, long rows);
}
