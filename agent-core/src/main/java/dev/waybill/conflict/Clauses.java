// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The clauses VERIFY and CONFLICT of an article together, as the catalogue keeps them: words, names in double quotes, texts in single ones. Immutable.
 *
 * @param conflict null where the clause was not written
 */
public record Clauses(Verification verify, ConflictPolicy conflict) {

    /** Neither was written. */
    public static final Clauses NONE = new Clauses(Verification.NONE, null);

    private static final Pattern TOKEN = Pattern.compile("\"((?:[^\"]|\"\")*)\"|'((?:[^']|'')*)'|([A-Z_]+)", Pattern.DOTALL);

    /** Whether there is anything to keep. */
    public boolean isEmpty() {
        return !verify.isOn() && conflict == null;
    }

    /** As the grammar has it. */
    public String text() {
        List<String> words = new ArrayList<>();
        if (verify.isOn()) {
            words.add("VERIFY " + verify.mode() + (verify.column() == null ? "" : " " + quoted(verify.column())));
        }
        if (conflict != null) {
            words.add("CONFLICT " + conflict.kind() + (conflict.columns().isEmpty() ? "" : conflict.columns().stream().map(Clauses::quoted).collect(Collectors.joining(", ", " (", ")")))
                    + (conflict.text() == null ? "" : " '" + conflict.text().replace("'", "''") + "'"));
        }
        return String.join(" ", words);
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** What {@link #text} wrote. */
    public static Clauses of(String text) {
        Verification verify = Verification.NONE;
        ConflictPolicy.Kind kind = null;
        Verification.Mode mode = null;
        List<String> names = new ArrayList<>();
        String literal = null;
        String before = "";
        Matcher token = TOKEN.matcher(text == null ? "" : text);
        while (token.find()) {
            String word = token.group(3);
            if (token.group(1) != null) {
                names.add(token.group(1).replace("\"\"", "\""));
            } else if (token.group(2) != null) {
                literal = token.group(2).replace("''", "'");
            } else if (before.equals("VERIFY")) {
                mode = Verification.Mode.valueOf(word);
            } else if (before.equals("CONFLICT")) {
                kind = ConflictPolicy.Kind.valueOf(word);
            }
            before = word == null ? "" : word;
        }
        if (mode != null) {
            verify = new Verification(mode, mode == Verification.Mode.VERSION ? names.remove(0) : null);
        }
        return new Clauses(verify, kind == null ? null : new ConflictPolicy(kind, names, literal));
    }
}
