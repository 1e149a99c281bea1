// SPDX-License-Identifier: Apache-2.0
/**
 * Where passwords and tokens come from: never out of the catalogue, whose tables others can read and whose backups lie about.
 *
 * <p><b>Guarantee.</b> What an option of the catalogue or of a command line says of a secret is a reference; the secret itself is read when it is needed, kept in no field that is shown, and stands in no text of ours.
 * <pre>
 *   file:/etc/waybill/token      the file's first line; refused when everybody may read it
 *   env:WAYBILL_TOKEN            an environment variable of the agent's process
 *   provider:vault/hq            whatever {@link dev.waybill.secret.SecretProvider} on the class path knows it
 * </pre>
 * An option that must be such a reference and is not is refused when it is said, so that a password that somebody writes down there by mistake is not stored.
 *
 * <p><b>Rejected.</b> Encrypting secrets in the catalogue (the key would lie beside them); reading them once at the start (a changed token would need a stop).
 */
package dev.waybill.secret;
