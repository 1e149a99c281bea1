// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.durable.StepGuard;
import dev.waybill.link.LinkFactory;
import dev.waybill.link.http.HttpLinks;
import dev.waybill.link.kafka.KafkaLinks;
import dev.waybill.link.mail.MailLinks;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/**
 * Everything that an agent does not make itself, so that a test can. Immutable; its parts are for any thread.
 *
 * @param place   whose clock SEND AT means
 * @param random  for ids of messages and names of files
 * @param threads for the runner, the pool, and watches; daemons
 */
public record AgentSurroundings(InstantSource clock, ZoneId place, RandomGenerator random, ThreadFactory threads, LinkFactory links, StepGuard guard, AgentEvents events) {

    /** The system's own, with all ways to send that there are. */
    public static AgentSurroundings system(AgentEvents events) {
        InstantSource clock = InstantSource.system();
        RandomGenerator random = new SecureRandom();
        ThreadFactory threads = AgentSurroundings::daemon;
        return new AgentSurroundings(clock, ZoneId.systemDefault(), random, threads, LinkFactory.standard(clock, random, threads).and("HTTP", new HttpLinks(clock, random, threads)).and("SMTP", new MailLinks(threads))
                .and("KAFKA", new KafkaLinks(clock, threads)), StepGuard.PLAIN, events);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "waybill-agent");
        thread.setDaemon(true);
        return thread;
    }

    /** The same with other ways to send. */
    public AgentSurroundings withLinks(LinkFactory other) {
        return new AgentSurroundings(clock, place, random, threads, other, guard, events);
    }

    /** The same with durable effects performed by another guard. */
    public AgentSurroundings withGuard(StepGuard other) {
        return new AgentSurroundings(clock, place, random, threads, links, other, events);
    }
}
