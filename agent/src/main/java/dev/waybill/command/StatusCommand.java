// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.agent.StatusReport;
import dev.waybill.agent.StatusReport.Neighbour;
import dev.waybill.command.terminal.TextTable;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code waybill status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {"Shows who exchanges with this database, what was sent, confirmed and received, and how far behind each is, in bytes of the journal and in time.",
            "Ends with 3 when an exchange has stopped. The same figures are in waybill.remote_user.",
            "Sending BATCH: without a SEND clause the agent command runs one batch; the agent beside an application sends at once."})
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private DatabaseAddress database;

    @Override
    public Integer call() throws SQLException {
        try (Connection raw = database.connectRaw()) {
            Dialect dialect = Dialects.of(raw);
            if (!dialect.hasCatalogue(raw)) {
                System.out.println("Waybill is not installed in this database. Install it with:  ./waybill install " + database.shownUrl());
                return 1;
            }
            return show(StatusReport.read(raw, dialect, Instant.now()));
        }
    }

    private static int show(StatusReport status) {
        System.out.println("publisher    " + (status.publisher() == null ? "none yet (GRANT PUBLISH TO name)" : status.publisher()));
        System.out.println("incarnation  " + status.incarnation());
        System.out.println("journal      head " + status.head() + ", " + status.outboxRows() + " outbox rows not yet sequenced");
        System.out.println("conflicts    " + (status.conflicts() == 0 ? "none" : status.conflicts() + " on record (SELECT * FROM waybill.conflict)"));
        System.out.println("agent        " + (status.leaseHolder() == null ? "none works now" : status.leaseHolder() + " until " + seconds(status.leaseUntil())));
        System.out.println();
        if (status.neighbours().isEmpty()) {
            System.out.println("No database above or below yet (GRANT REMOTE TO …, GRANT CONSOLIDATE TO …).");
            return 0;
        }
        sent(status.neighbours()).print(System.out);
        System.out.println();
        received(status.neighbours()).print(System.out);
        status.neighbours().stream().filter(one -> one.stateReason() != null).forEach(one -> System.out.println("\n" + one.name() + " " + one.state() + ": " + one.stateReason()));
        return status.neighbours().stream().allMatch(one -> one.state().equals("ACTIVE") || one.state().equals("SYNCHRONIZING")) ? 0 : 3;
    }

    private static TextTable sent(List<Neighbour> neighbours) {
        var table = TextTable.of("sent to", "which is", "by", "sending", "sent", "confirmed", "behind bytes", "behind", "resends", "last sent", "state");
        neighbours.forEach(one -> table.row(one.name(), one.consolidated() ? "above" : "below", one.messageType() + " " + one.address(), one.sending(), one.logSent().toString(),
                one.confirmSent().toString(), Long.toString(one.lagBytes()), text(one.lagTime()), Integer.toString(one.resendCount()), seconds(one.timeSent()), one.state()));
        return table;
    }

    private static TextTable received(List<Neighbour> neighbours) {
        var table = TextTable.of("received from", "received", "to come bytes", "asked again", "last heard");
        neighbours.forEach(one -> table.row(one.name(), one.logReceived().toString(), Long.toString(one.behindBytes()), Integer.toString(one.rereceiveCount()), seconds(one.timeReceived())));
        return table;
    }

    private static String seconds(Instant instant) {
        return instant == null ? null : instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String text(Duration duration) {
        return duration.isZero() ? "0" : duration.toSeconds() < 100 ? duration.toMillis() + " ms" : duration.truncatedTo(ChronoUnit.SECONDS).toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
