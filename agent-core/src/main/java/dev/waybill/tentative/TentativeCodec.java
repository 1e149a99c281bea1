// SPDX-License-Identifier: Apache-2.0
package dev.waybill.tentative;

import dev.waybill.change.ByteSink;
import dev.waybill.change.ByteSource;
import dev.waybill.change.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Bodies of the message TENTATIVE. Numbers and texts as in {@link dev.waybill.change.TransactionWriter}.
 * <pre>
 *   up    format 1 · 0 · id 16 · number varint · attempt varint · mode varint · statements varint, text* · properties varint, name text, value text each
 *   down  format 1 · 1 · id 16 · attempt varint · outcome varint · code text · text
 * </pre>
 * What was encoded is decoded to an equal value; anything else is a {@link MalformedException}. Stateless; any thread.
 */
public final class TentativeCodec {

    private static final int FORMAT = 1;

    private TentativeCodec() {}

    /** What a message says. */
    public sealed interface Said {
        UUID id();
    }

    /** To be carried out. */
    public record Propagated(UUID id, long number, int attempt, ErrorMode mode, List<String> statements, Map<String, String> properties) implements Said {
        public Propagated {
            statements = List.copyOf(statements);
            properties = Map.copyOf(properties);
        }
    }

    /** What came of an attempt. */
    public record Judged(UUID id, int attempt, Outcome outcome, String code, String text) implements Said {}

    /** How it ended at the database above. */
    public enum Outcome { ACCEPTED, AMENDED, REJECTED, ERROR }

    public static byte[] bytes(Said said) {
        ByteSink to = new ByteSink();
        to.putByte(FORMAT);
        to.putByte(said instanceof Propagated ? 0 : 1);
        to.putUuid(said.id());
        if (said instanceof Propagated up) {
            to.putVarint(up.number());
            to.putVarint(up.attempt());
            to.putVarint(up.mode().ordinal());
            to.putVarint(up.statements().size());
            up.statements().forEach(to::putText);
            to.putVarint(up.properties().size());
            new TreeMap<>(up.properties()).forEach((name, value) -> {
                to.putText(name);
                to.putText(value);
            });
        } else if (said instanceof Judged down) {
            to.putVarint(down.attempt());
            to.putVarint(down.outcome().ordinal());
            to.putText(down.code());
            to.putText(down.text());
        }
        return to.bytes();
    }

    public static Said said(byte[] body) throws MalformedException {
        ByteSource from = new ByteSource(body);
        if (from.getByte() != FORMAT) {
            throw new MalformedException("tentative work in an unknown format");
        }
        boolean down = from.getFlag("direction");
        UUID id = from.getUuid();
        Said said = down ? judged(from, id) : propagated(from, id);
        from.expectEnd("tentative work");
        return said;
    }

    private static Said propagated(ByteSource from, UUID id) throws MalformedException {
        long number = from.getLongNumber("number");
        int attempt = from.getNumber(Integer.MAX_VALUE, "attempt");
        ErrorMode mode = ErrorMode.values()[from.getNumber(ErrorMode.values().length - 1, "mode")];
        List<String> statements = new ArrayList<>();
        for (int left = from.getCount(1, "statements"); left > 0; left--) {
            statements.add(from.getText("statement"));
        }
        Map<String, String> properties = new TreeMap<>();
        for (int left = from.getCount(2, "properties"); left > 0; left--) {
            properties.put(from.getText("name"), from.getText("value"));
        }
        return new Propagated(id, number, attempt, mode, statements, properties);
    }

    private static Said judged(ByteSource from, UUID id) throws MalformedException {
        return new Judged(id, from.getNumber(Integer.MAX_VALUE, "attempt"), Outcome.values()[from.getNumber(Outcome.values().length - 1, "outcome")], from.getText("code"), from.getText("text"));
    }
}
