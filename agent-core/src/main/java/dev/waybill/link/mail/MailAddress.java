// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address of a neighbour's mail: {@code shop1@example.org}, or {@code shop1 <waybill@example.org>} where several share a mailbox. Addresses come from a catalogue that others may have filled: letters that could end a header, begin
 * another recipient or be quoted are in none of them. Immutable; any thread.
 *
 * @param name    which of those that share the mailbox; empty: the only one
 * @param mailbox where mail goes
 */
record MailAddress(String name, String mailbox) {

    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}";
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final String PLAIN = ATOM + "(?:\\." + ATOM + "){0,20}@" + LABEL + "(?:\\." + LABEL + "){0,20}";
    private static final Pattern FORM = Pattern.compile("(?:([A-Za-z0-9][A-Za-z0-9_.-]{0,127})\\s*<(" + PLAIN + ")>|(" + PLAIN + "))");

    static MailAddress of(String text) throws LinkException {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new LinkException(WaybillError.LINK_OPTION.with("SMTP", "address", "\"" + text.replaceAll("\\p{Cntrl}", "?") + "\" is no address as 'shop1@example.org' or 'shop1 <waybill@example.org>'").getMessage(), null);
        }
        return form.group(3) != null ? new MailAddress("", form.group(3)) : new MailAddress(form.group(1), form.group(2));
    }

    /** What stands in the header by which the recipient finds his mail. */
    String header() {
        return name.isEmpty() ? mailbox : name + " <" + mailbox + ">";
    }
}
