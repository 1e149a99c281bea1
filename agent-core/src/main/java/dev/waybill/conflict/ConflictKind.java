// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

/** What a change met. */
public enum ConflictKind {
    /** An update of a row that was changed here. */
    UPDATE_UPDATE,
    /** An update of a row that is not here. */
    UPDATE_DELETE,
    /** A delete of a row that was changed here. */
    DELETE_UPDATE,
    /** A delete of a row that is not here. */
    DELETE_DELETE,
    /** An insert of a row, or a change of a key, whose key is here. */
    INSERT_INSERT,
    /** A row that refers to one that is not here. */
    MISSING_PARENT,
    /** A delete, or a change of a key, of a row to which others here refer. */
    HAS_CHILDREN,
    /** A unique value that another row here has. */
    UNIQUE_VALUE;

    /** Whether a policy can have it performed; otherwise the row stays as it is here. */
    public boolean isDecidable() {
        return this == UPDATE_UPDATE || this == UPDATE_DELETE || this == DELETE_UPDATE || this == INSERT_INSERT;
    }
}
