// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Does what a notifier's events are for by code of the application's, where a property says {@code java:com.example.MyHandler}: a class with a public constructor without parameters. Each call is a transaction of its own, committed behind it; what it
 * throws takes it back and is shown in {@code waybill.notifier}. One object for each property and notifier, called by that notifier's thread alone.
 */
public interface NotifierHandler {

    /** {@code begin_connection}, {@code begin_poll}, {@code end_poll} and {@code end_connection}. */
    default void happened(NotifierEvent event, Connection connection) throws SQLException { }

    /** {@code shutdown_query}: whether the notifier is to end. */
    default boolean isToEnd(Connection connection) throws SQLException {
        return false;
    }

    /** {@code request_cursor}: the requests that there are now. */
    default List<PushRequest> requests(Connection connection) throws SQLException {
        return List.of();
    }

    /** {@code request_delete}. */
    default void isOver(PushRequest request, DeleteReason reason, Connection connection) throws SQLException { }

    /** {@code error_handler}: -1, not confirmed in time; -8, not delivered. */
    default RequestOption failed(PushRequest request, int code, Connection connection) throws SQLException {
        return RequestOption.DEFAULT;
    }

    /** {@code confirmation_handler}: 0, received and done; -2, rejected; -3, received, and its action failed; -4 and -5, received by a listener that is not the one who was meant. */
    default RequestOption confirmed(PushRequest request, int status, Connection connection) throws SQLException {
        return RequestOption.DEFAULT;
    }
}
