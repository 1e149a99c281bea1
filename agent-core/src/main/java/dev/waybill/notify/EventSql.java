// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.dialect.Dialect;
import java.util.EnumMap;
import java.util.Map;

/** What a notifier that has no {@code request_cursor} of its own does: the requests of {@code waybill.push_request}, and one by itself for each remote user who was sent something that he has not confirmed, unless he has one. */
final class EventSql {

    private static final String STALE = "u.consolidate = 'N' AND u.log_sent > u.confirm_sent";

    private EventSql() {}

    static Map<NotifierEvent, String> usual(Dialect dialect, Map<NotifierEvent, String> own) {
        String requests = dialect.catalogueTable("push_request");
        String users = dialect.catalogueTable("remote_user");
        Map<NotifierEvent, String> events = new EnumMap<>(NotifierEvent.class);
        events.put(NotifierEvent.BEGIN_POLL, "INSERT INTO " + requests + " (address, resend_interval, time_to_live, automatic) SELECT u.user_name, '1M', '10M', TRUE FROM " + users + " u WHERE " + STALE
                + " AND NOT EXISTS (SELECT 1 FROM " + requests + " r WHERE r.address = u.user_name)");
        events.put(NotifierEvent.REQUEST_CURSOR, "SELECT r.request_id, r.gateway, r.subject, r.content, r.address, r.resend_interval, r.time_to_live FROM " + requests + " r WHERE r.automatic = FALSE OR EXISTS (SELECT 1 FROM " + users
                + " u WHERE u.user_name = r.address AND " + STALE + ")");
        events.put(NotifierEvent.REQUEST_DELETE, "DELETE FROM " + requests + " WHERE request_id = ?");
        events.putAll(own);
        return events;
    }
}
