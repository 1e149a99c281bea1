// SPDX-License-Identifier: Apache-2.0
package dev.waybill.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The house: rooms stand above one another, imports point down, nothing is in a cycle. */
class DirectionOfImportsTest {

    /** Top to bottom. A room may import the rooms below it. */
    private static final List<String> ROOMS = List.of(
            "dev.waybill.command",
            "dev.waybill.command.demo",
            "dev.waybill.command.terminal",
            "dev.waybill.simulation.nodes",
            "dev.waybill.simulation",
            "dev.waybill.driver",
            "dev.waybill.driver.proxy",
            "dev.waybill.driver.capture",
            "dev.waybill.driver.largeobject",
            "dev.waybill.driver.recording",
            "dev.waybill.driver.facts",
            "dev.waybill.driver.setting",
            "dev.waybill.agent",
            "dev.waybill.listen",
            "dev.waybill.notify",
            "dev.waybill.extraction",
            "dev.waybill.notice",
            "dev.waybill.apply",
            "dev.waybill.refresh",
            "dev.waybill.rights",
            "dev.waybill.delivery",
            "dev.waybill.link.mail",
            "dev.waybill.link.http",
            "dev.waybill.link.kafka",
            "dev.waybill.link",
            "dev.waybill.invitation",
            "dev.waybill.seal",
            "dev.waybill.message",
            "dev.waybill.passthrough",
            "dev.waybill.statement",
            "dev.waybill.tentative",
            "dev.waybill.call",
            "dev.waybill.aftercommit",
            "dev.waybill.audience",
            "dev.waybill.publication",
            "dev.waybill.conflict",
            "dev.waybill.journal",
            "dev.waybill.complete",
            "dev.waybill.dialect",
            "dev.waybill.predicate",
            "dev.waybill.change",
            "dev.waybill.durable",
            "dev.waybill.secret",
            "dev.waybill.error");

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).withImportOption(location -> !location.contains("/test-databases/")).importPackages("dev.waybill");

    @Test
    void importsPointDownOnly() {
        List<String> upward = new ArrayList<>();
        for (JavaClass from : CLASSES) {
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (target.startsWith("dev.waybill") && room(target) < room(from.getPackageName())) {
                    upward.add(dependency.getDescription());
                }
            }
        }
        assertThat(upward).isEmpty();
    }

    @Test
    void everyPackageIsARoom() {
        assertThat(CLASSES.stream().map(JavaClass::getPackageName).distinct()).isSubsetOf(ROOMS).hasSizeGreaterThan(5);
    }

    /** So no entity is resolved, no document type fetched, and nothing grows by being expanded: there is no XML to be tricked with. */
    @Test
    void nothingReadsXml() {
        assertThat(CLASSES.stream().flatMap(from -> from.getDirectDependenciesFromSelf().stream()).map(dependency -> dependency.getTargetClass().getBaseComponentType().getPackageName()))
                .noneMatch(name -> name.startsWith("javax.xml.parsers") || name.startsWith("javax.xml.stream") || name.startsWith("org.xml.sax") || name.startsWith("org.w3c.dom"));
    }

    @Test
    void noPackageIsPartOfACycle() {
        SlicesRuleDefinition.slices().matching("dev.waybill.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void applicationOfTheDemonstrationKnowsNothingOfWaybill() {
        assertThat(CLASSES.get("dev.waybill.command.demo.OrdersApplication").getDirectDependenciesFromSelf())
                .noneMatch(dependency -> dependency.getTargetClass().getPackageName().startsWith("dev.waybill") && !dependency.getTargetClass().getName().contains("OrdersApplication"));
    }

    private static int room(String packageName) {
        int index = ROOMS.indexOf(packageName);
        assertThat(index).as("room of %s", packageName).isNotNegative();
        return index;
    }
}
