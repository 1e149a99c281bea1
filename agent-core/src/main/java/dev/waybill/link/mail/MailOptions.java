// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;
import dev.waybill.link.http.Tls;
import dev.waybill.publication.MessageType;
import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;

/**
 * How mail is sent and fetched, from the options of the type: {@code smtp_host}, {@code smtp_port}, {@code smtp_userid}, {@code smtp_password} and the same of {@code imap_} or {@code pop3_} (names of SQL Remote's options where it has them; SMTP's user and
 * password are those of receiving where none are given), {@code imap_folder}, {@code security}, {@code certificate}, {@code login}. Immutable; any thread.
 *
 * @param address own address; null when nothing is to be received
 */
record MailOptions(MailAddress address, Map<String, String> options) {

    private static final String SMTP = "smtp";
    private static final String IMAP = "imap";
    private static final String POP3 = "pop3";
    private static final String CERTIFICATE = "certificate";
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1");
    private static final String MILLIS = "30000";

    static MailOptions of(MessageType type) throws LinkException {
        MailOptions options = new MailOptions(type.address() == null ? null : MailAddress.of(type.address()), type.options());
        if (type.options().containsKey(POP3 + "_host") && type.options().containsKey(IMAP + "_host")) {
            throw wrong("pop3_host", "imap_host is set too; mail is fetched by one of them");
        }
        for (String protocol : options.protocols()) {
            options.expectServer(protocol);
        }
        if (type.address() == null) {
            throw wrong("address", "mail needs an own address: CREATE REMOTE MESSAGE TYPE SMTP ADDRESS '…'");
        }
        return options;
    }

    /** Of somebody who only sends. */
    static MailOptions ofSender(MailAddress address, Map<String, String> options) throws LinkException {
        MailOptions read = new MailOptions(address, Map.copyOf(options));
        read.expectServer(SMTP);
        return read;
    }

    private void expectServer(String protocol) throws LinkException {
        String host = text(protocol + "_host", "");
        if (host.isBlank()) {
            throw wrong(protocol + "_host", "it is not set");
        }
        if (security().equals("none") && !THIS_MACHINE.contains(host)) {
            throw wrong("security", "a password would travel readably to " + host + "; it must be tls or starttls");
        }
        if (!text(protocol + "_port", "1").matches("\\d{1,5}")) {
            throw wrong(protocol + "_port", "it is no number of a port");
        }
    }

    /** Whether mail is fetched by POP3; otherwise by IMAP. */
    boolean isPop3() {
        return options.containsKey(POP3 + "_host");
    }

    private List<String> protocols() {
        return List.of(SMTP, isPop3() ? POP3 : IMAP);
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
        return options.getOrDefault(protocol + "_userid", options.get(protocols().get(1) + "_userid"));
    }

    /** As it is now. */
    String password(String protocol) throws LinkException {
        String reference = options.getOrDefault(protocol + "_password", options.get(protocols().get(1) + "_password"));
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
    Properties properties() throws LinkException {
        Properties properties = new Properties();
        SSLSocketFactory trusting = trusting();
        for (String plain : protocols()) {
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
            if (trusting != null) {
                properties.put(prefix + "ssl.socketFactory", trusting);
            }
        }
        properties.setProperty("mail.mime.address.strict", "true");
        return properties;
    }

    /** Null: the platform's authorities. */
    private SSLSocketFactory trusting() throws LinkException {
        try {
            return options.containsKey(CERTIFICATE) ? Tls.calling(Path.of(text(CERTIFICATE, "")), null, null).getSocketFactory() : null;
        } catch (IOException | GeneralSecurityException | InvalidPathException unreadable) {
            throw wrong(CERTIFICATE, String.valueOf(unreadable.getMessage()));
        }
    }
}
