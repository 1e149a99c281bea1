// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The jar that an application adds: it and the real driver are enough, and both can be let go. Skipped where nothing is packaged, as in {@code mvn test}. */
class SelfContainedJarTest {

    private Path jar;

    @BeforeEach
    void findJar() throws IOException {
        Path target = Path.of(System.getProperty("waybill.test.root"), "driver", "target");
        List<Path> jars;
        try (Stream<Path> files = Files.list(target)) {
            jars = files.filter(file -> file.getFileName().toString().endsWith(".jar")).toList();
        }
        assumeThat(jars).as("packaged").isNotEmpty();
        jar = jars.stream().filter(file -> file.getFileName().toString().endsWith("-all.jar")).findFirst().orElseThrow();
    }

    @Test
    void jarHoldsNothingUnderOthersNames() throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            assertThat(file.stream().map(Object::toString).filter(name -> name.endsWith(".class"))).isNotEmpty().allMatch(name -> name.startsWith("dev/waybill/"));
            assertThat(file.getEntry("META-INF/services/java.sql.Driver")).isNotNull();
        }
    }

    @Test
    void jarAndTheRealDriverAreEnough() throws Exception {
        try (Inside inside = new Inside(jar)) {
            assertThat(inside.call("useDatabase")).asString().startsWith("1 dev.waybill.driver.proxy.ConnectionPolicy$");
            inside.call("deregister");
        }
    }

    @Test
    void deregisteredDriverLeavesNoThreadAndNoClass() throws Exception {
        WeakReference<ClassLoader> left = use(jar);
        await().atMost(Duration.ofSeconds(120)).until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName().startsWith("waybill")));
        assertThat(new Latest(jar)).isEqualTo(new Latest(jar)).hasSameHashCodeAs(new Latest(jar));
        await().atMost(Duration.ofSeconds(120)).until(() -> {
            System.gc();
            return left.get() == null;
        });
    }

    /** JDK 17 keeps the type of the latest component of a record whose equals or hashCode was linked, for ever: it is to be one of the JDK, so this comes after the last thread that might link another. */
    private record Latest(Path path) {}

    private static WeakReference<ClassLoader> use(Path jar) throws Exception {
        try (Inside inside = new Inside(jar)) {
            inside.call("useDatabase");
            assertThat(inside.call("deregister")).isEqualTo(2);
            return new WeakReference<>(inside);
        }
    }

    /** A class loader on the jar, H2 and one class of an application. */
    private static final class Inside extends URLClassLoader {

        private final Class<?> application;

        Inside(Path jar) throws IOException {
            super(new URL[] {jar.toUri().toURL(), org.h2.Driver.class.getProtectionDomain().getCodeSource().getLocation()}, ClassLoader.getPlatformClassLoader());
            try (InputStream bytes = InsideLoader.class.getResourceAsStream("InsideLoader.class")) {
                byte[] read = bytes.readAllBytes();
                application = defineClass(InsideLoader.class.getName(), read, 0, read.length);
            }
            ServiceLoader.load(Driver.class, this).forEach(driver -> assertThat(driver.getClass().getClassLoader()).isSameAs(this));
        }

        Object call(String method) throws ReflectiveOperationException {
            return application.getMethod(method).invoke(null);
        }
    }
}
