// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import dev.waybill.change.ByteSink;
import dev.waybill.change.ByteSource;
import dev.waybill.change.MalformedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Bodies of the messages CALL, REFRESH and REPLY. Numbers, texts and blocks as in {@link dev.waybill.change.TransactionWriter}.
 * <pre>
 *   CALL     format 1 · id 16 · time-out in ms varint · log offset varint · procedure text · arguments varint, {@link CallValue}*
 *   REFRESH  format 1 · id 16 · time-out in ms varint · log offset varint · publication text · value text · full flag
 *   REPLY    format 1 · id 16 · 0 · SQLState text · code zigzag · text · passes flag
 *                               1 · rows varint
 *                               2 · columns varint, text* · rows varint, {@link CallValue}* each
 *                               3 · log offset varint
 * </pre>
 * What was encoded is decoded to an equal value; anything else is a {@link MalformedException}. Stateless; any thread.
 */
public final class CallCodec {

    private static final int FORMAT = 1;
    /** Nobody waits longer. */
    static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private CallCodec() {}

    public static byte[] bytes(CallRequest request) {
        ByteSink to = begin(request.id());
        to.putVarint(request.timeout().toMillis());
        if (request instanceof CallRequest.Procedure call) {
            to.putVarint(call.logOffset());
            to.putText(call.procedure());
            to.putVarint(call.arguments().size());
            call.arguments().forEach(argument -> CallValue.write(to, argument));
        } else if (request instanceof CallRequest.Refresh refresh) {
            to.putVarint(refresh.logOffset());
            to.putText(refresh.publication());
            to.putText(refresh.value());
            to.putByte(refresh.full() ? 1 : 0);
        }
        return to.bytes();
    }

    private static ByteSink begin(UUID id) {
        ByteSink to = new ByteSink();
        to.putByte(FORMAT);
        to.putUuid(id);
        return to;
    }

    private static UUID begin(ByteSource from) throws MalformedException {
        int format = from.getByte();
        if (format != FORMAT) {
            throw new MalformedException("a request or answer has the format " + format + ", this program knows " + FORMAT);
        }
        return from.getUuid();
    }

    public static CallRequest.Procedure call(byte[] body) throws MalformedException {
        ByteSource from = new ByteSource(body);
        UUID id = begin(from);
        Duration timeout = timeout(from);
        long logOffset = from.getLongNumber("log offset");
        String procedure = from.getText("procedure");
        List<Object> arguments = new ArrayList<>();
        for (int left = from.getCount(1, "arguments"); left > 0; left--) {
            arguments.add(CallValue.read(from));
        }
        from.expectEnd("a call");
        return new CallRequest.Procedure(id, timeout, procedure, logOffset, arguments);
    }

    public static CallRequest.Refresh refresh(byte[] body) throws MalformedException {
        ByteSource from = new ByteSource(body);
        UUID id = begin(from);
        Duration timeout = timeout(from);
        long logOffset = from.getLongNumber("log offset");
        CallRequest.Refresh refresh = new CallRequest.Refresh(id, timeout, from.getText("publication"), from.getText("value"), from.getFlag("full"), logOffset);
        from.expectEnd("a request to refresh");
        return refresh;
    }

    private static Duration timeout(ByteSource from) throws MalformedException {
        return Duration.ofMillis(from.getNumber((int) LONGEST_WAIT.toMillis(), "time-out"));
    }

    /** Of a body that this program has made. */
    static UUID idOf(byte[] body) {
        try {
            return begin(new ByteSource(body));
        } catch (MalformedException never) {
            throw new IllegalArgumentException(never);
        }
    }

    /** An answer, and to what. */
    public record Reply(UUID id, Answer answer) {}

    public static byte[] bytes(UUID id, Answer answer) {
        ByteSink to = begin(id);
        if (answer instanceof Answer.Failure failure) {
            to.putByte(0);
            to.putText(failure.state());
            to.putZigzag(failure.code());
            to.putText(failure.text());
            to.putByte(failure.passes() ? 1 : 0);
        } else if (answer instanceof Answer.Count count) {
            to.putByte(1);
            to.putVarint(count.rows());
        } else if (answer instanceof Answer.Rows rows) {
            to.putByte(2);
            to.putVarint(rows.columns().size());
            rows.columns().forEach(to::putText);
            to.putVarint(rows.rows().size());
            rows.rows().forEach(row -> row.forEach(value -> CallValue.write(to, value)));
        } else if (answer instanceof Answer.Sent sent) {
            to.putByte(3);
            to.putVarint(sent.logOffset());
        }
        return to.bytes();
    }

    public static Reply reply(byte[] body) throws MalformedException {
        ByteSource from = new ByteSource(body);
        UUID id = begin(from);
        Answer answer = switch (from.getByte()) {
            case 0 -> new Answer.Failure(from.getText("SQLState"), from.getSignedInt("code"), from.getText("text"), from.getFlag("passes"));
            case 1 -> new Answer.Count(from.getLongNumber("count"));
            case 2 -> rows(from);
            case 3 -> new Answer.Sent(from.getLongNumber("log offset"));
            default -> throw new MalformedException("an answer is of an unknown kind");
        };
        from.expectEnd("an answer");
        return new Reply(id, answer);
    }

    private static Answer rows(ByteSource from) throws MalformedException {
        List<String> columns = new ArrayList<>();
        for (int left = from.getCount(1, "columns"); left > 0; left--) {
            columns.add(from.getText("column"));
        }
        if (columns.isEmpty()) {
            throw new MalformedException("an answer has rows without columns");
        }
        List<List<Object>> rows = new ArrayList<>();
        for (int left = from.getCount(columns.size(), "rows"); left > 0; left--) {
            List<Object> row = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                row.add(CallValue.read(from));
            }
            rows.add(row);
        }
        return new Answer.Rows(columns, rows);
    }
}
