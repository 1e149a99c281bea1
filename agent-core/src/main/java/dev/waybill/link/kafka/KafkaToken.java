// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.SaslExtensions;
import org.apache.kafka.common.security.auth.SaslExtensionsCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;

/**
 * Gives Kafka's client the token of OAUTHBEARER: read from where the catalogue says that it is, again before it ends, by whoever renews it (a file that is written anew, or a {@link dev.waybill.secret.SecretProvider}). Made by Kafka's client; any
 * thread.
 */
public final class KafkaToken implements AuthenticateCallbackHandler {

    /** Of RFC 6750. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    private static final Pattern EXPIRES = Pattern.compile("\"exp\"\\s*:\\s*(\\d{1,12})");
    /** Of one that does not say so itself; it is read again so often. */
    private static final Duration USUALLY_GOOD = Duration.ofMinutes(1);

    private String user;
    private SecretReference token;

    /** As Kafka's client wants it. */
    private record Token(String value, Set<String> scope, long lifetimeMs, String principalName, Long startTimeMs) implements OAuthBearerToken {

        @Override
        public String toString() {
            return "token of " + principalName;
        }
    }

    @Override
    public void configure(Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {
        user = (String) settings.get(KafkaOptions.USER);
        token = SecretReference.of((String) settings.get(KafkaOptions.PASSWORD));
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof OAuthBearerTokenCallback wanted) {
                wanted.token(read());
            } else if (callback instanceof SaslExtensionsCallback extensions) {
                extensions.extensions(SaslExtensions.empty());
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    private OAuthBearerToken read() throws IOException {
        String value = token.read();
        if (!TOKEN.matcher(value).matches()) {
            throw new IOException("what is at " + token + " is no token: it has letters that no token has");
        }
        long now = System.currentTimeMillis();
        return new Token(value, Set.of(), Math.max(now + 1_000, ends(value, now + USUALLY_GOOD.toMillis())), user, now);
    }

    /** When a token of three parts (JWT) says that it ends. Whether that is true is the cluster's to judge. */
    static long ends(String value, long otherwise) {
        String[] parts = value.split("\\.");
        if (parts.length < 2) {
            return otherwise;
        }
        try {
            Matcher expires = EXPIRES.matcher(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
            return expires.find() ? Long.parseLong(expires.group(1)) * 1_000 : otherwise;
        } catch (IllegalArgumentException noBase64) {
            return otherwise;
        }
    }

    @Override
    public void close() {
        token = null;
    }
}
