// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import java.util.Map;

/**
 * A way to send, by name ({@code FILE}, …), with this database's own address and the options of {@code SET REMOTE type OPTION}.
 *
 * @param address own address; null when none was given (then nothing can be received by this way)
 * @param options names in lower case; values may refer to secrets, never hold them
 */
public record MessageType(String name, String address, Map<String, String> options) {
    public MessageType {
        options = Map.copyOf(options);
    }
}
