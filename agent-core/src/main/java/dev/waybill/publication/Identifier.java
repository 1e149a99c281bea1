// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An identifier of a statement, as written.
 *
 * @param text   its characters, decoded when quoted
 * @param quoted whether it was written in quotes: then it means exactly this
 */
public record Identifier(String text, boolean quoted) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    /**
     * As a name of ours (publisher, remote user, publication, option): lower case unless quoted. These names travel in messages and become parts of file names, so they are short and plain.
     *
     * @throws SQLException NAME_NOT_ALLOWED for any other
     */
    public String name() throws SQLException {
        String name = quoted ? text : text.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            throw WaybillError.NAME_NOT_ALLOWED.with(name);
        }
        return name;
    }
}
