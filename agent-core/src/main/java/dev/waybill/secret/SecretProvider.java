// SPDX-License-Identifier: Apache-2.0
package dev.waybill.secret;

/** Knows secrets by name: a vault, a token service. Found by {@link java.util.ServiceLoader}; called from any thread, also while a link is opened, so it answers within seconds. */
public interface SecretProvider {

    /**
     * The secret of this name as it is now; null when this provider does not know it.
     *
     * @throws Exception it cannot say now; the text must not hold the secret
     */
    String secret(String name) throws Exception;
}
