// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import java.util.List;

/**
 * A foreign key as the database enforces it.
 *
 * @param child         the referencing table
 * @param childColumns  its columns
 * @param parent        the referenced table
 * @param parentColumns its columns, one for each of {@code childColumns}
 * @param onDelete      what becomes of a child when its parent goes
 * @param onUpdate      what becomes of a child when the referenced values change
 */
public record ForeignKey(TableName child, List<String> childColumns, TableName parent, List<String> parentColumns, Action onDelete, Action onUpdate) {

    public ForeignKey {
        childColumns = List.copyOf(childColumns);
        parentColumns = List.copyOf(parentColumns);
    }

    /** What the database does to children by itself. */
    public enum Action {
        /** Nothing: the statement fails where children are left. */
        NONE,
        CASCADE,
        SET_NULL,
        SET_DEFAULT;

        static Action of(String rule) {
            return switch (rule) {
                case "CASCADE" -> CASCADE;
                case "SET NULL" -> SET_NULL;
                case "SET DEFAULT" -> SET_DEFAULT;
                default -> NONE;
            };
        }
    }
}
