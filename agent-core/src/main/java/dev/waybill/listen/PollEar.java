// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import dev.waybill.link.Link.LinkException;
import dev.waybill.link.http.NoticeCaller;
import dev.waybill.notice.Notice;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The light-weight poller: asks now and then what a notifier offers under a key, in a thread of its own; something else than before is a notice. Any thread. */
public final class PollEar implements AutoCloseable {

    private static final Pattern TEXT = Pattern.compile("\\[(.{0," + Notice.LONGEST_SUBJECT + "}?)](.{0," + Notice.LONGEST_CONTENT + "})", Pattern.DOTALL);

    private final NoticeCaller office;
    private final Listener listener;
    private final String notifier;
    private final String key;
    private final InstantSource clock;
    private final Consumer<String> told;
    private final Rests rests = new Rests();
    private String before;
    private boolean complained;

    private PollEar(NoticeCaller office, Listener listener, String notifier, String key, InstantSource clock, Consumer<String> told) {
        this.office = office;
        this.listener = listener;
        this.notifier = notifier;
        this.key = key;
        this.clock = clock;
        this.told = told;
    }

    /** @param told is told when it cannot ask, and when it can again */
    public static PollEar open(NoticeCaller office, Listener listener, String notifier, String key, Duration every, InstantSource clock, Consumer<String> told, ThreadFactory threads) {
        PollEar ear = new PollEar(office, listener, notifier, key, clock, told);
        threads.newThread(() -> ear.run(every)).start();
        return ear;
    }

    private void run(Duration every) {
        while (!rests.areOver()) {
            try {
                look();
                if (complained) {
                    told.accept("notices are found again");
                    complained = false;
                }
            } catch (LinkException away) {
                if (!complained) {
                    told.accept("nothing can be asked for now: " + away.getMessage());
                    complained = true;
                }
            }
            rests.take(every.toMillis());
        }
    }

    /** One look. */
    private void look() throws LinkException {
        String found = office.poll(notifier, key);
        if (found != null && !found.equals(before)) {
            Matcher parts = TEXT.matcher(found);
            if (parts.matches()) {
                listener.found(new Notice(false, clock.instant(), 0, 0, notifier.substring(0, Math.min(notifier.length(), Notice.LONGEST_NAME)), "", parts.group(1), parts.group(2)));
            }
        }
        before = found;
    }

    @Override
    public void close() {
        rests.end();
    }
}
