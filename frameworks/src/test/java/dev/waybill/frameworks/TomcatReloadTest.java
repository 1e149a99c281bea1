// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A web application with our jar in its WEB-INF/lib, in a real Tomcat that reloads it: of what was there before no thread and no class stays. Skipped where nothing is packaged, as in {@code mvn test}. */
@Tag("extended")
class TomcatReloadTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int RELOADS = 4;

    @TempDir
    private Path directory;

    @Test
    void reloadedApplicationLeavesNoThreadAndNoClassLoader() throws Exception {
        Path application = application();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createDirectories(directory.resolve("tomcat")).toString());
        tomcat.setAddDefaultWebXmlToWebapp(false);
        tomcat.getHost().setAutoDeploy(false);
        Context context = tomcat.addWebapp(tomcat.getHost(), "/shop", application.toString(), new ContextConfig());
        ((StandardJarScanner) context.getJarScanner()).setScanClassPath(false);
        List<WeakReference<ClassLoader>> left = new ArrayList<>();
        try {
            tomcat.start();
            left.add(used(context));
            for (int i = 0; i < RELOADS; i++) {
                context.reload();
                left.add(used(context));
            }
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
        await().atMost(PATIENCE).until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName().startsWith("waybill")));
        assertThat(new Latest(directory)).isEqualTo(new Latest(directory)).hasSameHashCodeAs(new Latest(directory));
        await().atMost(PATIENCE).until(() -> {
            System.gc();
            return left.stream().allMatch(loader -> loader.get() == null);
        });
    }

    /** JDK 17 keeps the type of the latest component of a record whose equals or hashCode was linked, for ever: it is to be one of the JDK. */
    private record Latest(Path path) {}

    /** What the application has done, by classes of its own. */
    private static WeakReference<ClassLoader> used(Context context) {
        assertThat(context.getState()).isEqualTo(LifecycleState.STARTED);
        assertThat(context.getServletContext().getAttribute("sequenced")).isEqualTo(1);
        ClassLoader own = context.getLoader().getClassLoader();
        ClassLoader ours = (ClassLoader) context.getServletContext().getAttribute("loader");
        assertThat(Stream.iterate(ours, loader -> loader != null, ClassLoader::getParent)).as("from WEB-INF/lib").contains(own);
        return new WeakReference<>(own);
    }

    private Path application() throws IOException {
        Path inside = Files.createDirectories(directory.resolve("shop/WEB-INF/lib")).getParent();
        for (Path jar : List.of(driver(), Path.of(org.h2.Driver.class.getProtectionDomain().getCodeSource().getLocation().getPath()))) {
            Files.copy(jar, inside.resolve("lib").resolve(jar.getFileName()));
        }
        String type = ShopServlet.class.getName();
        Path file = inside.resolve("classes").resolve(type.replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        try (var bytes = ShopServlet.class.getResourceAsStream("ShopServlet.class")) {
            Files.copy(bytes, file);
        }
        Files.writeString(inside.resolve("web.xml"), "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.0\" metadata-complete=\"true\"><servlet><servlet-name>shop</servlet-name><servlet-class>" + type
                + "</servlet-class><load-on-startup>1</load-on-startup></servlet></web-app>");
        return inside.getParent();
    }

    private static Path driver() throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("waybill.test.root"), "driver", "target"))) {
            jars = files.filter(file -> file.getFileName().toString().endsWith(".jar")).toList();
        }
        assumeThat(jars).as("packaged").isNotEmpty();
        return jars.stream().filter(file -> file.getFileName().toString().endsWith("-all.jar")).findFirst().orElseThrow();
    }
}
