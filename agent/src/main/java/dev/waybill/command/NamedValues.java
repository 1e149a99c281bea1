// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Options of the way between two databases, on the command line of who invites and who joins. */
final class NamedValues {

    @Option(names = "--option", paramLabel = "NAME=VALUE", description = "An option of the way for the remote, as SET REMOTE … OPTION says it there (any number): url=https://hq.example:8443, directory=/mnt/share, imap_password=file:/etc/waybill/password.")
    private Map<String, String> options = new TreeMap<>();

    Map<String, String> all() {
        return options;
    }
}
