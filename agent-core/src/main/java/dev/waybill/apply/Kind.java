// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TransactionRecord.Change;

/** How a change is performed. */
enum Kind {
    INSERT, UPDATE, UPDATE_KEY, DELETE, UPSERT, TRUNCATE;

    static Kind of(Change change) {
        return switch (change.operation()) {
            case INSERT -> INSERT;
            case UPDATE -> change.oldKey() == null ? UPDATE : UPDATE_KEY;
            case DELETE -> DELETE;
            case UPSERT -> UPSERT;
            case TRUNCATE -> TRUNCATE;
        };
    }
}
