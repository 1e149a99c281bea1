// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs what a notifier has for its events on its connection, each as a transaction of its own. Parameters are bound in MobiLink's order, as many as the statement has; a handler answers with the first column of the first row that it returns.
 * One thread.
 */
final class EventRunner {

    /** More requests than that are not looked at. */
    static final int MOST_REQUESTS = 10_000;
    private static final int GATEWAY_COLUMNS = 5;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String JAVA = "java:";

    private final Map<NotifierEvent, String> events;
    private final int timeoutSeconds;
    private final String notifier;
    private final Map<NotifierEvent, NotifierHandler> handlers = new HashMap<>();

    EventRunner(String notifier, Map<NotifierEvent, String> events, Duration timeout) {
        this.notifier = notifier;
        this.events = Map.copyOf(events);
        this.timeoutSeconds = (int) Math.max(1, timeout.toSeconds());
    }

    /** What a cursor returned: requests, or what pollers find; and what is wrong with rows that were left out, null for nothing. */
    record Cursor(NotifierInput input, String leftOut) {}

    boolean has(NotifierEvent event) {
        return events.containsKey(event);
    }

    /**
     * Runs the event and commits.
     *
     * @throws SQLException it failed and was rolled back, as far as the connection is there
     */
    Cursor run(Connection connection, NotifierAction.Perform perform) throws SQLException {
        String text = events.get(perform.event());
        if (text == null) {
            return new Cursor(new NotifierInput.Performed(), null);
        }
        try {
            Cursor came = text.startsWith(JAVA) ? byJava(connection, perform, text) : bySql(connection, perform, text);
            connection.commit();
            return came;
        } catch (SQLException | RuntimeException | Error failed) {
            rollback(connection, failed);
            throw failed;
        }
    }

    private static void rollback(Connection connection, Throwable failed) {
        try {
            connection.rollback();
        } catch (SQLException gone) {
            failed.addSuppressed(gone);
        }
    }

    // ---- by SQL ----

    private Cursor bySql(Connection connection, NotifierAction.Perform perform, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(timeoutSeconds);
            bind(statement, parameters(perform));
            boolean rows = statement.execute();
            if (!rows) {
                return new Cursor(new NotifierInput.Performed(), null);
            }
            try (ResultSet result = statement.getResultSet()) {
                return perform.event() == NotifierEvent.REQUEST_CURSOR ? requests(result) : new Cursor(answer(perform, result.next() ? result.getString(1) : null), null);
            }
        }
    }

    private static void bind(PreparedStatement statement, List<Object> values) throws SQLException {
        ParameterMetaData parameters = values.isEmpty() ? null : statement.getParameterMetaData();
        int count = parameters == null ? 0 : Math.min(values.size(), parameters.getParameterCount());
        for (int i = 0; i < count; i++) {
            statement.setObject(i + 1, values.get(i));
        }
    }

    private static List<Object> parameters(NotifierAction.Perform perform) {
        PushRequest request = perform.request();
        if (request == null) {
            return List.of();
        }
        return switch (perform.event()) {
            case REQUEST_DELETE -> List.of(request.id(), perform.reason().name());
            case ERROR_HANDLER -> List.of(perform.code(), request.id(), request.gateway(), safe(request.address()), safe(request.subject()), safe(request.content()));
            case CONFIRMATION_HANDLER -> List.of(perform.code(), request.id(), safe(request.address()), request.gateway(), safe(request.subject()), safe(request.content()));
            default -> List.of();
        };
    }

    /** As MobiLink hands texts to handlers, which may put them together to SQL: all that could end a literal is an asterisk. */
    private static String safe(String text) {
        return text.replaceAll("[^\\p{L}\\p{N} _.,:@/+=()\\[\\]-]", "*");
    }

    private static NotifierInput answer(NotifierAction.Perform perform, String first) throws SQLException {
        return switch (perform.event()) {
            case SHUTDOWN_QUERY -> new NotifierInput.ShutdownAnswered("yes".equalsIgnoreCase(first == null ? "" : first.strip()));
            case ERROR_HANDLER, CONFIRMATION_HANDLER -> new NotifierInput.Decided(option(first));
            default -> new NotifierInput.Performed();
        };
    }

    private static RequestOption option(String first) {
        return first == null || first.isBlank() ? RequestOption.DEFAULT : RequestOption.of(first.strip().matches("\\d{1,3}") ? Integer.parseInt(first.strip()) : -1);
    }

    private Cursor requests(ResultSet rows) throws SQLException {
        int columns = rows.getMetaData().getColumnCount();
        if (columns > 7 || columns == 4) {
            throw WaybillError.NOTIFIER_COLUMNS.with(notifier, columns);
        }
        List<PushRequest> requests = new ArrayList<>();
        List<PolledNotice> polled = new ArrayList<>();
        Set<Long> ids = new HashSet<>();
        String leftOut = null;
        int count = 0;
        for (; count < MOST_REQUESTS && rows.next(); count++) {
            try {
                if (columns < GATEWAY_COLUMNS) {
                    polled.add(new PolledNotice(rows.getString(1), columns > 1 ? rows.getString(2) : "", columns > 2 ? rows.getString(3) : ""));
                } else {
                    PushRequest request = request(rows, columns);
                    if (!ids.add(request.id())) {
                        throw new IllegalArgumentException("there is another one of its number");
                    }
                    requests.add(request);
                }
            } catch (IllegalArgumentException unfit) {
                leftOut = "row " + (count + 1) + " was left out, because " + unfit.getMessage();
            }
        }
        if (count == MOST_REQUESTS && rows.next()) {
            leftOut = "only " + MOST_REQUESTS + " rows were looked at";
        }
        return new Cursor(columns < GATEWAY_COLUMNS ? new NotifierInput.Offered(polled) : new NotifierInput.Requested(requests), leftOut);
    }

    private static PushRequest request(ResultSet rows, int columns) throws SQLException {
        long id = rows.getLong(1);
        if (rows.wasNull()) {
            throw new IllegalArgumentException("its number is missing");
        }
        return new PushRequest(id, rows.getString(2), rows.getString(3), rows.getString(4), rows.getString(5), columns > 5 ? IntervalText.parse(rows.getString(6), MINUTE) : null, columns > 6 ? IntervalText.parse(rows.getString(7), MINUTE) : null);
    }

    // ---- by Java ----

    private Cursor byJava(Connection connection, NotifierAction.Perform perform, String text) throws SQLException {
        NotifierHandler handler = handlers.get(perform.event());
        if (handler == null) {
            handler = load(text.substring(JAVA.length()).strip());
            handlers.put(perform.event(), handler);
        }
        return switch (perform.event()) {
            case SHUTDOWN_QUERY -> new Cursor(new NotifierInput.ShutdownAnswered(handler.isToEnd(connection)), null);
            case REQUEST_CURSOR -> supplied(handler.requests(connection));
            case REQUEST_DELETE -> {
                handler.isOver(perform.request(), perform.reason(), connection);
                yield new Cursor(new NotifierInput.Performed(), null);
            }
            case ERROR_HANDLER -> new Cursor(new NotifierInput.Decided(handler.failed(perform.request(), perform.code(), connection)), null);
            case CONFIRMATION_HANDLER -> new Cursor(new NotifierInput.Decided(handler.confirmed(perform.request(), perform.code(), connection)), null);
            default -> {
                handler.happened(perform.event(), connection);
                yield new Cursor(new NotifierInput.Performed(), null);
            }
        };
    }

    private static Cursor supplied(List<PushRequest> requests) {
        Set<Long> ids = new HashSet<>();
        List<PushRequest> taken = requests.stream().limit(MOST_REQUESTS).filter(request -> ids.add(request.id())).toList();
        return new Cursor(new NotifierInput.Requested(taken), taken.size() < requests.size() ? "requests of one number more than once, or more than " + MOST_REQUESTS + ", were left out" : null);
    }

    private NotifierHandler load(String className) throws SQLException {
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        try {
            return Class.forName(className, true, own == null ? NotifierHandler.class.getClassLoader() : own).asSubclass(NotifierHandler.class).getConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError | ClassCastException unfit) {
            throw WaybillError.NOTIFIER_HANDLER.with(className, notifier, unfit.toString());
        }
    }
}
