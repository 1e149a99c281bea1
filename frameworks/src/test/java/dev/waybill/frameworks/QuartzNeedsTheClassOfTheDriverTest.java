// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.frameworks.Exchange.Product;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.PersistJobDataAfterExecution;
import org.quartz.Scheduler;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/** The JDBC store of Quartz, clustered, which names the class of the driver in its properties: that one is changed too. Its own tables are published. */
@Tag("extended")
class QuartzNeedsTheClassOfTheDriverTest {

    @TempDir
    private Path directory;

    /** Counts its runs in its data, which the store keeps. */
    @PersistJobDataAfterExecution
    @DisallowConcurrentExecution
    public static final class Counting implements Job {

        private static volatile CountDownLatch runs = new CountDownLatch(3);

        /** Made by Quartz. */
        public Counting() {
            // Its data is given with each run.
        }

        @Override
        public void execute(JobExecutionContext context) {
            var data = context.getJobDetail().getJobDataMap();
            data.put("count", data.getIntValue("count") + 1);
            runs.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void jobsRunAndTheirStoreIsReplicated(Product product) throws Exception {
        Counting.runs = new CountDownLatch(3);
        try (Exchange exchange = Exchange.on(product, directory).made(script(product)).publish("qrtz_job_details", "qrtz_triggers", "qrtz_simple_triggers")) {
            Scheduler scheduler = new StdSchedulerFactory(properties(product, exchange.url())).getScheduler();
            scheduler.start();
            scheduler.scheduleJob(JobBuilder.newJob(Counting.class).withIdentity("counting").usingJobData("count", 0).storeDurably().build(),
                    TriggerBuilder.newTrigger().withIdentity("often").withSchedule(SimpleScheduleBuilder.simpleSchedule().withIntervalInMilliseconds(50).withRepeatCount(2)).build());
            scheduler.scheduleJob(JobBuilder.newJob(Counting.class).withIdentity("later").usingJobData("count", 0).build(),
                    TriggerBuilder.newTrigger().withIdentity("one day").startAt(new Date(4_000_000_000_000L)).build());
            assertThat(Counting.runs.await(120, TimeUnit.SECONDS)).isTrue();
            scheduler.shutdown(true);
            exchange.assertReplicated(2, "qrtz_job_details", "qrtz_triggers", "qrtz_simple_triggers");
        }
    }

    private static Properties properties(Product product, String url) {
        Properties properties = new Properties();
        properties.put("org.quartz.scheduler.instanceName", "books" + product);
        properties.put("org.quartz.scheduler.instanceId", "AUTO");
        properties.put("org.quartz.scheduler.skipUpdateCheck", "true");
        properties.put("org.quartz.threadPool.threadCount", "2");
        properties.put("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
        properties.put("org.quartz.jobStore.driverDelegateClass", product == Product.H2 ? "org.quartz.impl.jdbcjobstore.StdJDBCDelegate" : "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate");
        properties.put("org.quartz.jobStore.dataSource", "books");
        properties.put("org.quartz.jobStore.isClustered", "true");
        properties.put("org.quartz.dataSource.books.provider", "hikaricp");
        properties.put("org.quartz.dataSource.books.driver", "dev.waybill.driver.WaybillDriver");
        properties.put("org.quartz.dataSource.books.URL", url);
        return properties;
    }

    /** Quartz's own. */
    private static String[] script(Product product) throws Exception {
        try (InputStream script = Job.class.getResourceAsStream("/org/quartz/impl/jdbcjobstore/tables_" + (product == Product.H2 ? "h2" : "postgres") + ".sql")) {
            List<String> statements = new ArrayList<>();
            for (String sql : new String(script.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^--.*$", "").split(";")) {
                if (!sql.isBlank() && !sql.trim().equalsIgnoreCase("COMMIT")) {
                    statements.add(sql);
                }
            }
            return statements.toArray(String[]::new);
        }
    }
}
