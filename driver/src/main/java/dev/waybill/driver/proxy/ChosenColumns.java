// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.sql.SQLException;

/** A policy whose generated methods name a column first: that column is mapped before the delegate is asked. */
public interface ChosenColumns {

    /** The raw number of a shown column, both from 1; a number that the raw object refuses when there is no such column. */
    int column(int shown) throws SQLException;

    /** The raw number of the shown column of this name. */
    int column(String label) throws SQLException;
}
