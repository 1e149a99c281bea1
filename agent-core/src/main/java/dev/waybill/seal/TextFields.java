// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A text file of lines {@code name: value} below a first line that says what it is, as keys and invitations are written. Unknown lines are refused: a file of a later format must not be half understood. No text of an error holds a value, since
 * it may be a secret. Immutable; any thread.
 */
public final class TextFields {

    private final Map<String, List<String>> values;

    private TextFields(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * What stands in this text.
     *
     * @param head      its first line
     * @param names     of lines that may be there, once
     * @param repeated  of lines that may be there more than once
     * @param mostLines more are refused
     */
    public static TextFields read(String text, String head, List<String> names, List<String> repeated, int mostLines) throws GeneralSecurityException {
        List<String> lines = text.lines().limit(mostLines + 1L).map(String::strip).filter(line -> !line.isEmpty()).toList();
        if (lines.isEmpty() || !lines.get(0).equals(head)) {
            throw new GeneralSecurityException("it does not begin with \"" + head + "\"");
        }
        if (lines.size() > mostLines) {
            throw new GeneralSecurityException("it has more than " + mostLines + " lines");
        }
        Map<String, List<String>> values = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(": ");
            String name = colon < 0 ? "" : line.substring(0, colon);
            List<String> known = values.computeIfAbsent(name, any -> new ArrayList<>());
            known.add(line.substring(colon + 1).strip());
            if (!names.contains(name) && !repeated.contains(name) || known.size() > 1 && !repeated.contains(name)) {
                throw new GeneralSecurityException("a line of it is none of " + names + repeated + ", or is there twice");
            }
        }
        return new TextFields(values);
    }

    /** Whether there is such a line. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Null for none. */
    public String find(String name) {
        return has(name) ? values.get(name).get(0) : null;
    }

    /** Every one, in their order. */
    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** One that must be there. */
    public String get(String name) throws GeneralSecurityException {
        if (!has(name)) {
            throw new GeneralSecurityException("it has no line \"" + name + "\"");
        }
        return find(name);
    }

    /** One that must be a publisher's name. */
    public String publisher(String name) throws GeneralSecurityException {
        String found = get(name);
        if (!KeyText.isPublisher(found)) {
            throw new GeneralSecurityException("its line \"" + name + "\" is no name of a publisher");
        }
        return found;
    }

    /** One that must be a time. */
    public Instant instant(String name) throws GeneralSecurityException {
        try {
            return Instant.parse(get(name));
        } catch (DateTimeException unreadable) {
            throw new GeneralSecurityException("it has a time that cannot be read", unreadable);
        }
    }

    /** One that must be an incarnation. */
    public UUID incarnation(String name) throws GeneralSecurityException {
        try {
            return UUID.fromString(get(name));
        } catch (IllegalArgumentException unreadable) {
            throw new GeneralSecurityException("its line \"" + name + "\" is no incarnation", unreadable);
        }
    }
}
