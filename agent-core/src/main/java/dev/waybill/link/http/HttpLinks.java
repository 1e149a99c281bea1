// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.error.WaybillError;
import dev.waybill.link.FileLink;
import dev.waybill.link.Link;
import dev.waybill.link.Link.LinkException;
import dev.waybill.link.LinkFactory;
import dev.waybill.publication.MessageType;
import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/**
 * Opens HTTP's two ends by their options: {@code directory} at the head office; at a remote {@code url}, {@code token} or {@code keystore} with {@code keystore_password} or both, and {@code certificate} of the office. Any thread.
 */
public final class HttpLinks implements LinkFactory {

    /** The option that names the directory of the head office's mailboxes. */
    public static final String DIRECTORY = "directory";

    private static final String CERTIFICATE = "certificate";
    private static final String KEY_STORE = "keystore";

    private static final Duration USUALLY_WITHIN = Duration.ofSeconds(30);
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    private final InstantSource clock;
    private final RandomGenerator random;
    private final ThreadFactory threads;
    private final Duration within;

    public HttpLinks(InstantSource clock, RandomGenerator random, ThreadFactory threads) {
        this(clock, random, threads, USUALLY_WITHIN);
    }

    /** @param within longest time of a request */
    public HttpLinks(InstantSource clock, RandomGenerator random, ThreadFactory threads, Duration within) {
        this.within = within;
        this.clock = clock;
        this.random = random;
        this.threads = threads;
    }

    @Override
    public Link open(MessageType type, int maxMessageBytes) throws LinkException {
        if (type.options().containsKey(DIRECTORY)) {
            return new FileLink(directory(type), type.address(), maxMessageBytes, clock, random, threads);
        }
        return new HttpLink(new Office(url(type), token(type), tls(type), within, threads), type.address(), maxMessageBytes, threads);
    }

    /**
     * Waits for notices where this type's messages come from.
     *
     * @throws LinkException an option is missing or wrong, or this is the head office itself
     */
    public NoticeCaller notices(MessageType type, String name) throws LinkException {
        return new NoticeCaller(new Office(url(type), token(type), tls(type), within, threads), name);
    }

    /** Where the mailboxes of a head office are. */
    public static Path directory(MessageType type) throws LinkException {
        option(type, DIRECTORY);
        return path(type, DIRECTORY);
    }

    private static URI url(MessageType type) throws LinkException {
        String text = option(type, "url");
        URI url;
        try {
            url = URI.create(text);
        } catch (IllegalArgumentException invalid) {
            throw wrong(type, "url", "it cannot be read");
        }
        boolean secure = "https".equals(url.getScheme());
        if (url.getHost() == null || url.getUserInfo() != null || !secure && !"http".equals(url.getScheme())) {
            throw wrong(type, "url", "it is no address as https://hq.example:8443");
        }
        if (!secure && !THIS_MACHINE.contains(url.getHost())) {
            throw wrong(type, "url", "a token would travel readably to " + url.getHost() + "; it must begin with https:");
        }
        return url;
    }

    /** Null where a certificate alone says who this is. */
    private static SecretReference token(MessageType type) throws LinkException {
        return type.options().containsKey("token") || !type.options().containsKey(KEY_STORE) ? secret(type, "token") : null;
    }

    private static SecretReference secret(MessageType type, String option) throws LinkException {
        try {
            return SecretReference.of(option(type, option));
        } catch (IllegalArgumentException noReference) {
            throw wrong(type, option, noReference.getMessage());
        }
    }

    private static ClientTls tls(MessageType type) throws LinkException {
        Path keyStore = path(type, KEY_STORE);
        ClientTls tls = new ClientTls(path(type, CERTIFICATE), keyStore, keyStore == null ? null : secret(type, "keystore_password"));
        try {
            tls.context();
            return tls;
        } catch (IOException | GeneralSecurityException unreadable) {
            throw wrong(type, keyStore == null ? CERTIFICATE : CERTIFICATE + " or " + KEY_STORE, String.valueOf(unreadable.getMessage()));
        }
    }

    /** Null when it is not set. */
    private static Path path(MessageType type, String option) throws LinkException {
        try {
            return type.options().containsKey(option) ? Path.of(option(type, option)) : null;
        } catch (InvalidPathException invalid) {
            throw wrong(type, option, invalid.getMessage());
        }
    }

    private static String option(MessageType type, String name) throws LinkException {
        String value = type.options().get(name);
        if (value == null || value.isBlank()) {
            throw wrong(type, name, "it is not set");
        }
        return value;
    }

    private static LinkException wrong(MessageType type, String option, String why) {
        return new LinkException(WaybillError.LINK_OPTION.with(type.name(), option, why).getMessage(), null);
    }
}
