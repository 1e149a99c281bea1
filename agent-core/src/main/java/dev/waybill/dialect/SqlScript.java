// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts one of our own SQL scripts into statements, without comments. Knows text in quotes of both kinds and comments to the end of the line. */
final class SqlScript {

    private final String text;
    private final List<String> statements = new ArrayList<>();
    private final StringBuilder statement = new StringBuilder();

    private SqlScript(String text) {
        this.text = text;
    }

    /** The statements of a resource beside this class. */
    static List<String> resource(String name) {
        try (InputStream in = SqlScript.class.getResourceAsStream(name)) {
            return statements(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The statements of a script, in order, trimmed, without the semicolons. */
    static List<String> statements(String text) {
        return new SqlScript(text).cut();
    }

    private List<String> cut() {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '\'' || c == '"') {
                int end = text.indexOf(c, i + 1) + 1;
                statement.append(text, i, end);
                i = end;
            } else if (text.startsWith("--", i)) {
                trimEnd();
                int end = text.indexOf('\n', i);
                i = end < 0 ? text.length() : end;
            } else {
                if (c == ';') {
                    finish();
                } else {
                    statement.append(c);
                }
                i++;
            }
        }
        finish();
        return List.copyOf(statements);
    }

    private void trimEnd() {
        while (!statement.isEmpty() && statement.charAt(statement.length() - 1) == ' ') {
            statement.setLength(statement.length() - 1);
        }
    }

    private void finish() {
        String done = statement.toString().strip();
        statement.setLength(0);
        if (!done.isEmpty()) {
            statements.add(done);
        }
    }
}
