// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

/** Why a request is over. */
public enum DeleteReason {
    /** The cursor does not return it any more: what it asked for has happened. */
    DROPPED,
    /** Its listener has confirmed it. */
    CONFIRMED,
    /** Its time to live is over. */
    EXPIRED,
    /** A handler said so. */
    ANSWERED
}
