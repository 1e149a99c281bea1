// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;

/** One request and its answer, which may be given later and by another thread. One thread at a time. */
final class Exchange {

    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,9})-(\\d{0,9})");
    private static final Pattern WORD = Pattern.compile("(?:^|&)([a-z]+)=(\\d{1,6})(?=&|$)");
    private static final String BEARER = "Bearer ";

    private final HttpExchange exchange;

    Exchange(HttpExchange exchange) {
        this.exchange = exchange;
    }

    String method() {
        return exchange.getRequestMethod();
    }

    /** The names between the slashes, decoded; a dot in front or a slash inside is none of ours. Null when the path is no good one. */
    List<String> path() {
        String raw = exchange.getRequestURI().getRawPath();
        if (raw == null || raw.isEmpty()) {
            return null;
        }
        List<String> names;
        try {
            names = List.of(raw.substring(1).split("/", -1)).stream().map(name -> URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8)).toList();
        } catch (IllegalArgumentException undecodable) {
            return null;
        }
        return names.stream().allMatch(Exchange::isPlain) ? names : null;
    }

    private static boolean isPlain(String name) {
        return !name.isEmpty() && !name.startsWith(".") && name.chars().noneMatch(letter -> letter == '/' || letter == '\\' || letter == ':' || letter < ' ');
    }

    /** A number of the query. */
    int number(String name, int otherwise, int most) {
        String query = exchange.getRequestURI().getRawQuery();
        for (Matcher word = WORD.matcher(query == null ? "" : query); word.find();) {
            if (word.group(1).equals(name)) {
                return Math.min(most, Integer.parseInt(word.group(2)));
            }
        }
        return otherwise;
    }

    /** Where it was called from, in digits. */
    String host() {
        return exchange.getRemoteAddress().getAddress().getHostAddress();
    }

    String token() {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        return header != null && header.startsWith(BEARER) ? header.substring(BEARER.length()) : null;
    }

    /** What the other end showed when the connection was made; null without TLS, or when it showed none. */
    X509Certificate[] certificates() {
        try {
            return exchange instanceof HttpsExchange secure && secure.getSSLSession().getPeerCertificates() instanceof X509Certificate[] shown ? shown : null;
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    /** The tag of what the client has already, or null. */
    String knownTag() {
        return exchange.getRequestHeaders().getFirst("If-None-Match");
    }

    /** How long the body is said to be; -1 when it is not said. */
    long announcedBytes() {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        return length == null || !length.matches("\\d{1,12}") ? -1 : Long.parseLong(length);
    }

    /** The body; null when fewer bytes came than were announced: the connection was cut, and this is half of something. */
    byte[] body() throws IOException {
        int announced = (int) announcedBytes();
        try (InputStream in = exchange.getRequestBody()) {
            byte[] body = in.readNBytes(announced);
            return body.length == announced ? body : null;
        }
    }

    /** Names of messages, one in each line of the body; null when it came in part, or one is no good name. */
    List<String> names() throws IOException {
        byte[] body = body();
        try {
            List<String> names = body == null ? null : new String(body, StandardCharsets.UTF_8).lines().map(line -> URLDecoder.decode(line, StandardCharsets.UTF_8)).toList();
            return names == null || !names.stream().allMatch(Exchange::isPlain) ? null : names;
        } catch (IllegalArgumentException undecodable) {
            return null;
        }
    }

    /** A body that has a tag: the part that is asked for, or nothing when the client has it. */
    void content(byte[] content, String tag) throws IOException {
        exchange.getResponseHeaders().set("ETag", tag);
        if (tag.equals(knownTag())) {
            answer(304);
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        String condition = exchange.getRequestHeaders().getFirst("If-Range");
        Matcher asked = range == null || condition != null && !condition.equals(tag) ? null : RANGE.matcher(range);
        if (asked == null || !asked.matches()) {
            answer(200, content);
            return;
        }
        int from = Integer.parseInt(asked.group(1));
        int last = asked.group(2).isEmpty() ? content.length - 1 : Math.min(content.length - 1, Integer.parseInt(asked.group(2)));
        if (from > last) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
            answer(416);
            return;
        }
        exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + last + "/" + content.length);
        answer(206, Arrays.copyOfRange(content, from, last + 1));
    }

    /** What is asked for cannot be had now. */
    void later(int status, int seconds) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", Integer.toString(seconds));
        close();
        answer(status);
    }

    /** Nothing more by this connection: what is left of the body is not read. */
    Exchange close() {
        exchange.getResponseHeaders().set("Connection", "close");
        return this;
    }

    void answer(int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    void answer(int status, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        answer(status, text.getBytes(StandardCharsets.UTF_8));
    }

    void answer(int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    /** The client has gone: what he did not hear he asks again. */
    void abandon(Exception cause) {
        LOG.log(System.Logger.Level.DEBUG, "a request ended without its answer", cause);
        exchange.close();
    }
}
