// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.frameworks.Exchange.Product;
import java.nio.file.Path;
import org.flowable.engine.ProcessEngine;
import org.flowable.engine.ProcessEngineConfiguration;
import org.flowable.task.api.Task;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flowable, which makes its schema itself: nothing but the URL. The history of its processes is published. */
@Tag("extended")
class FlowableNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    private static final String PROCESS = """
            <?xml version="1.0" encoding="UTF-8"?>
            <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn" targetNamespace="shop">
              <process id="lend" isExecutable="true">
                <startEvent id="start"/>
                <sequenceFlow id="f1" sourceRef="start" targetRef="hand"/>
                <userTask id="hand" name="Hand it over"/>
                <sequenceFlow id="f2" sourceRef="hand" targetRef="end"/>
                <endEvent id="end"/>
              </process>
            </definitions>
            """;

    @Test
    void historyOfProcessesIsReplicated() throws Exception {
        try (Exchange exchange = Exchange.on(Product.H2, directory)) {
            engine(exchange.url()).close();
            exchange.publish("act_hi_procinst", "act_hi_taskinst", "act_hi_actinst");
            ProcessEngine engine = engine(exchange.url());
            engine.getRepositoryService().createDeployment().addString("lend.bpmn20.xml", PROCESS).deploy();
            for (int i = 0; i < 5; i++) {
                engine.getRuntimeService().startProcessInstanceByKey("lend");
            }
            for (Task task : engine.getTaskService().createTaskQuery().listPage(0, 3)) {
                engine.getTaskService().complete(task.getId());
            }
            assertThat(engine.getHistoryService().createHistoricProcessInstanceQuery().finished().count()).isEqualTo(3);
            engine.close();
            exchange.assertReplicated(5, "act_hi_procinst", "act_hi_taskinst", "act_hi_actinst");
        }
    }

    private static ProcessEngine engine(String url) {
        return ProcessEngineConfiguration.createStandaloneProcessEngineConfiguration().setJdbcUrl(url).setJdbcUsername("").setJdbcPassword("")
                .setDatabaseSchemaUpdate(ProcessEngineConfiguration.DB_SCHEMA_UPDATE_TRUE).setAsyncExecutorActivate(false).buildProcessEngine();
    }
}
