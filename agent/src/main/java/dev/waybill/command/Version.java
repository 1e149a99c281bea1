// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import picocli.CommandLine;

/** The version of the jar that runs. */
final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"waybill " + (version == null ? "(not from a jar)" : version), "Java " + System.getProperty("java.version")};
    }
}
