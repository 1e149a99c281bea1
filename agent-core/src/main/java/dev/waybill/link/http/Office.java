// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;
import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** The head office as a remote sees it: requests with a longest time and answers with a longest length. Any thread. */
final class Office {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);

    private final URI url;
    private final SecretReference token;
    private final Duration within;
    private final ClientTls tls;
    private final HttpClient.Builder clients;
    private HttpClient client;
    private String clientState;

    /**
     * @param token  read for every request, so that a changed one needs no stop; null: none is shown
     * @param tls    its files are looked at for every request, for the same reason
     * @param within longest time of a request, waiting apart
     */
    Office(URI url, SecretReference token, ClientTls tls, Duration within, ThreadFactory threads) {
        this.url = url;
        this.token = token;
        this.tls = tls;
        this.within = within;
        this.clients = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).connectTimeout(CONNECT_WITHIN)
                .executor(Executors.newCachedThreadPool(threads));
    }

    private synchronized HttpClient client() throws LinkException {
        try {
            String state = tls.state();
            if (!state.equals(clientState)) {
                client = clients.sslContext(tls.context()).build();
                clientState = state;
            }
            return client;
        } catch (IOException | GeneralSecurityException unusable) {
            throw failed("the certificates of this end cannot be used: " + unusable.getMessage(), unusable);
        }
    }

    /** A request for this mailbox, or a message in it (null: none). */
    HttpRequest.Builder to(String address, String name, String query) throws LinkException {
        return at("mail", address, (name == null ? "" : "/" + encoded(name)) + query);
    }

    /** A request for what is this one's in this part of the office. */
    HttpRequest.Builder at(String part, String whose, String rest) throws LinkException {
        String path = "/" + part + "/" + encoded(whose) + rest;
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path));
            return token == null ? request : request.header("Authorization", "Bearer " + token.read());
        } catch (IOException missing) {
            throw failed(missing.getMessage(), missing);
        } catch (IllegalArgumentException unfit) {
            throw failed("its token has letters that no token has", null);
        }
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    HttpResponse<BoundedBody> ask(HttpRequest.Builder request, int atMostBytes) throws LinkException {
        return ask(request, atMostBytes, Duration.ZERO);
    }

    /**
     * The answer.
     *
     * @param waiting how much longer than usual it may take
     */
    HttpResponse<BoundedBody> ask(HttpRequest.Builder request, int atMostBytes, Duration waiting) throws LinkException {
        Duration atMost = within.plus(waiting);
        CompletableFuture<HttpResponse<BoundedBody>> answer = client().sendAsync(request.timeout(atMost).build(), head -> new BoundedBody(atMostBytes));
        try {
            return answer.copy().orTimeout(2 * atMost.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException cause) {
            answer.cancel(true);
            throw failed(reason(cause.getCause()), cause.getCause());
        }
    }

    private static String reason(Throwable cause) {
        Throwable deepest = cause instanceof ExecutionException && cause.getCause() != null ? cause.getCause() : cause;
        return deepest.getClass().getSimpleName().replaceAll("Exception$", "") + (deepest.getMessage() == null ? "" : ": " + deepest.getMessage());
    }

    /** What this answer means when it is none that was hoped for. */
    LinkException refused(int status) {
        return failed(switch (status) {
            case 401 -> "it knows nobody of this token or certificate (401)";
            case 403 -> "it does not let this name do that (403)";
            case 413 -> "it takes no message of that length (413)";
            case 409 -> "it knows somebody else of one of these names (409)";
            case 429, 503, 507 -> "it has too much to do, or cannot write, and asks to come later (" + status + ")";
            default -> "it answers " + status;
        }, null);
    }

    LinkException failed(String why, Throwable cause) {
        return new LinkException(WaybillError.LINK_OFFICE.with(url, why).getMessage(), cause);
    }
}
