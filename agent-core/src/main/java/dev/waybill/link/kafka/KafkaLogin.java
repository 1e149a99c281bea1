// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;

/** Tells Kafka's client user and password when it connects, so that a changed password needs no stop and stands in no configuration. Made by Kafka's client; any thread. */
public final class KafkaLogin implements AuthenticateCallbackHandler {

    private String user;
    private SecretReference password;

    @Override
    public void configure(Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {
        user = (String) settings.get(KafkaOptions.USER);
        password = SecretReference.of((String) settings.get(KafkaOptions.PASSWORD));
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException {
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName(user);
            } else if (callback instanceof PasswordCallback secret) {
                secret.setPassword(password.read().toCharArray());
            } else if (callback instanceof ScramExtensionsCallback extensions) {
                extensions.extensions(Map.of());
            }
        }
    }

    @Override
    public void close() {
        password = null;
    }
}
