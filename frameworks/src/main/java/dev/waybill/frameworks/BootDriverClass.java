// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * For Spring Boot, which finds the driver's class by a list of URLs that ours is not in: where a URL is ours and nobody has said the class, it is said here, behind everything that the application itself says. Stateless; any thread.
 */
public final class BootDriverClass implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    /** The groups of properties in which a URL and the driver's class stand side by side. */
    private static final List<String> GROUPS = List.of("spring.datasource", "spring.flyway", "spring.liquibase");

    /** Made by Spring. */
    public BootDriverClass() {
        // Stateless.
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        ConfigurableEnvironment environment = event.getEnvironment();
        Map<String, Object> classes = new LinkedHashMap<>();
        for (String group : GROUPS) {
            if (Waybill.isOurs(environment.getProperty(group + ".url")) && environment.getProperty(group + ".driver-class-name") == null) {
                classes.put(group + ".driver-class-name", Waybill.DRIVER);
            }
        }
        if (!classes.isEmpty()) {
            environment.getPropertySources().addLast(new MapPropertySource("waybill", classes));
        }
    }

    /** After the files of the application have been read. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
