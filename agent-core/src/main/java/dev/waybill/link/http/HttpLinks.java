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
import javax.net.ssl.SSLContext;

/** Opens HTTP's two ends by their options: {@code directory} at the head office, {@code url} and {@code token} at a remote. Any thread. */
public final class HttpLinks implements LinkFactory {

    /** The option that names the directory of the head office's mailboxes. */
    public static final String DIRECTORY = "directory";

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

    /** Where the mailboxes of a head office are. */
    public static Path directory(MessageType type) throws LinkException {
        try {
            return Path.of(option(type, DIRECTORY));
        } catch (InvalidPathException invalid) {
            throw wrong(type, DIRECTORY, invalid.getMessage());
        }
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

    private static SecretReference token(MessageType type) throws LinkException {
        try {
            return SecretReference.of(option(type, "token"));
        } catch (IllegalArgumentException noReference) {
            throw wrong(type, "token", noReference.getMessage());
        }
    }

    private static SSLContext tls(MessageType type) throws LinkException {
        String certificate = type.options().get("certificate");
        try {
            return certificate == null ? null : Tls.trusting(Path.of(certificate));
        } catch (IOException | GeneralSecurityException | InvalidPathException unreadable) {
            throw wrong(type, "certificate", String.valueOf(unreadable.getMessage()));
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
