// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;
import dev.waybill.publication.MessageType;
import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * How mail is sent and fetched, from the options of the type: {@code smtp_host}, {@code smtp_port}, {@code smtp_userid}, {@code smtp_password} and the same of {@code imap_} (names of SQL Remote's options where it has them; SMTP's user and
 * password are IMAP's where none are given), {@code imap_folder}, {@code security}, {@code login}. Immutable; any thread.
 *
 * @param address own address; null when nothing is to be received
 */
record MailOptions(MailAddress address, Map<String, String> options) {

    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1");
    private static final String MILLIS = "30000";

    static MailOptions of(MessageType type) throws LinkException {
        MailOptions options = new MailOptions(type.address() == null ? null : MailAddress.of(type.address()), type.options());
        for (String protocol : new String[] {"smtp", "imap"}) {
            String host = options.text(protocol + "_host", "");
            if (host.isBlank()) {
                throw wrong(protocol + "_host", "it is not set");
            }
            if (options.security().equals("none") && !THIS_MACHINE.contains(host)) {
                throw wrong("security", "a password would travel readably to " + host + "; it must be tls or starttls");
            }
            if (!options.text(protocol + "_port", "1").matches("\\d{1,5}")) {
                throw wrong(protocol + "_port", "it is no number of a port");
            }
        }
        if (type.address() == null) {
            throw wrong("address", "mail needs an own address: CREATE REMOTE MESSAGE TYPE SMTP ADDRESS '…'");
        }
        return options;
    }

    private static LinkException wrong(String option, String why) {
        return new LinkException(WaybillError.LINK_OPTION.with("SMTP", option, why).getMessage(), null);
    }

    private String text(String name, String otherwise) {
        return options.getOrDefault(name, otherwise).strip();
    }

    String security() {
        return text("security", "tls").toLowerCase(Locale.ROOT);
    }

    String protocol(String plain) {
        return security().equals("tls") ? plain + "s" : plain;
    }

    String host(String protocol) {
        return text(protocol + "_host", "");
    }

    /** -1 for the usual one. */
    int port(String protocol) {
        return Integer.parseInt(text(protocol + "_port", "-1"));
    }

    /** Null: nobody logs in. */
    String user(String protocol) {
        return options.getOrDefault(protocol + "_userid", options.get("imap_userid"));
    }

    /** As it is now. */
    String password(String protocol) throws LinkException {
        String reference = options.getOrDefault(protocol + "_password", options.get("imap_password"));
        try {
            return reference == null ? null : SecretReference.of(reference).read();
        } catch (IOException | IllegalArgumentException missing) {
            throw wrong(protocol + "_password", String.valueOf(missing.getMessage()));
        }
    }

    String folder() {
        return text("imap_folder", "INBOX");
    }

    /** What the library is told: bounded waits, checked names of servers, nothing that falls back to plain text. */
    Properties properties() {
        Properties properties = new Properties();
        for (String plain : new String[] {"smtp", "imap"}) {
            String prefix = "mail." + protocol(plain) + ".";
            properties.setProperty(prefix + "connectiontimeout", MILLIS);
            properties.setProperty(prefix + "timeout", MILLIS);
            properties.setProperty(prefix + "writetimeout", MILLIS);
            properties.setProperty(prefix + "ssl.checkserveridentity", "true");
            properties.setProperty(prefix + "starttls.enable", Boolean.toString(security().equals("starttls")));
            properties.setProperty(prefix + "starttls.required", Boolean.toString(security().equals("starttls")));
            properties.setProperty(prefix + "auth", Boolean.toString(user(plain) != null));
            if (text("login", "password").equalsIgnoreCase("oauth2")) {
                properties.setProperty(prefix + "auth.mechanisms", "XOAUTH2");
            }
            properties.setProperty(prefix + "partialfetch", "false");
        }
        properties.setProperty("mail.mime.address.strict", "true");
        return properties;
    }
}
