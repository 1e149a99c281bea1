// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.agent.Retention;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How much of the journal an agent keeps (R11), as options of its command; the settings of the same names say it to the agent beside an application. */
final class JournalBounds {

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--journal-keep", paramLabel = "TIME", defaultValue = "168h", converter = TimeOption.class,
            description = "How long the journal keeps what nobody is owed any more, for replicas that are restored from a backup (default ${DEFAULT-VALUE}).")
    private Duration keep;

    @Option(names = "--journal-keep-bytes", paramLabel = "SIZE", defaultValue = "64MB", converter = BytesOption.class, description = "The most bytes of it (default ${DEFAULT-VALUE}).")
    private long keepBytes;

    @Option(names = "--journal-most", paramLabel = "TIME", defaultValue = "720h", converter = TimeOption.class,
            description = "How long it keeps what is owed to a replica that does not confirm; after that the replica is synchronized anew when it is heard again (default ${DEFAULT-VALUE}).")
    private Duration most;

    @Option(names = "--journal-most-bytes", paramLabel = "SIZE", defaultValue = "4GB", converter = BytesOption.class, description = "The most bytes of it (default ${DEFAULT-VALUE}).")
    private long mostBytes;

    /**
     * The bounds that were asked for.
     *
     * @throws ParameterException when the outer bounds are within the inner ones
     */
    Retention retention() {
        if (most.compareTo(keep) < 0 || mostBytes < keepBytes) {
            throw new ParameterException(spec.commandLine(), "--journal-most is at least --journal-keep, and --journal-most-bytes at least --journal-keep-bytes. Nothing was done.");
        }
        return new Retention(keep, keepBytes, most, mostBytes);
    }
}
