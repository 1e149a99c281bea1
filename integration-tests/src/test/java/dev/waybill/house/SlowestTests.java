// SPDX-License-Identifier: Apache-2.0
package dev.waybill.house;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Lists the slowest test classes of all modules at the end of the last tests ({@code waybill.test.slowest}), so that nobody has to look for what makes the build slow. */
public final class SlowestTests implements TestExecutionListener {

    private static final int SHOWN = 10;
    private static final Pattern SUITE = Pattern.compile("<testsuite [^>]*?name=\"([^\"]+)\"[^>]*?time=\"([0-9.,]+)\"");

    private final Map<String, Long> startNanos = new ConcurrentHashMap<>();
    private final Map<String, Double> seconds = new ConcurrentHashMap<>();

    @Override
    public void executionStarted(TestIdentifier test) {
        startNanos.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Long start = startNanos.remove(test.getUniqueId());
        if (start != null && test.getSource().orElse(null) instanceof ClassSource source) {
            seconds.merge(source.getClassName(), (System.nanoTime() - start) / 1e9, Double::sum);
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (!Boolean.getBoolean("waybill.test.slowest")) {
            return;
        }
        Map<String, Double> all = new HashMap<>(seconds);
        ofOtherModules().forEach((name, time) -> all.merge(name, time, Math::max));
        var lines = new StringBuilder("The slowest of " + all.size() + " test classes, in seconds:\n");
        all.entrySet().stream().sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())).limit(SHOWN)
                .forEach(entry -> lines.append(String.format(Locale.ROOT, "  %7.1f  %s%n", entry.getValue(), entry.getKey())));
        System.out.print(lines);
    }

    private static Map<String, Double> ofOtherModules() {
        Map<String, Double> times = new HashMap<>();
        for (Path report : reports(Path.of(System.getProperty("waybill.test.root", "..")))) {
            try {
                Matcher suite = SUITE.matcher(Files.readString(report, StandardCharsets.UTF_8));
                if (suite.find()) {
                    times.put(suite.group(1), Double.parseDouble(suite.group(2).replace(",", "")));
                }
            } catch (IOException unreadable) {
                times.put(report.getFileName() + " (unreadable)", 0.0);
            }
        }
        return times;
    }

    private static List<Path> reports(Path root) {
        List<Path> found = new ArrayList<>();
        for (String module : List.of("test-databases", "agent-core", "driver", "simulation", "agent", "frameworks", "integration-tests")) {
            Path directory = root.resolve(module).resolve("target/surefire-reports");
            if (Files.isDirectory(directory)) {
                try (Stream<Path> files = Files.list(directory)) {
                    files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml")).forEach(found::add);
                } catch (IOException unreadable) {
                    found.clear();
                }
            }
        }
        return found;
    }
}
