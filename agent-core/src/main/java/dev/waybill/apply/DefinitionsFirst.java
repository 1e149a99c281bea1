// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.SQLException;

/** The first transaction has statements that commit by themselves on this product: they are to be executed before it is applied, by {@link Applier#define}. Nothing was done. */
public final class DefinitionsFirst extends SQLException {
    private static final long serialVersionUID = 1L;

    DefinitionsFirst() {
        super("statements that commit by themselves come first");
    }
}
