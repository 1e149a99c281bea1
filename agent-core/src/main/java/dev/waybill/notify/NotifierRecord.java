// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.util.Map;

/**
 * What a notifier wants on record before it goes on. Immutable.
 *
 * @param pollBegun whether a poll begins
 * @param trouble   what failed; null: nothing
 * @param well      whether a poll has ended without trouble
 * @param unheard   the listener who did not answer by UDP; null: nobody
 */
record NotifierRecord(String notifier, Map<Long, NoticeState> changed, boolean pollBegun, Trouble trouble, boolean well, String unheard) {

    /** An event that failed, for people. */
    record Trouble(NotifierEvent event, String text) {}

    static NotifierRecord ofRequests(String notifier, Map<Long, NoticeState> changed, String unheard) {
        return new NotifierRecord(notifier, changed, false, null, false, unheard);
    }

    static NotifierRecord ofPoll(String notifier) {
        return new NotifierRecord(notifier, Map.of(), true, null, false, null);
    }

    static NotifierRecord ofTrouble(String notifier, Trouble trouble) {
        return new NotifierRecord(notifier, Map.of(), false, trouble, trouble == null, null);
    }
}
