// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicationTest {

    @TempDir
    Path folder;

    @Test
    void theReplicaBecomesAndStaysEqual() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.hq.insert(1, "one").insert(2, "two");
            two.converge(40);
            two.hq.write(writes -> {
                writes.update(1, "eins");
                writes.delete(2);
                writes.insert(3, "three");
            });
            two.converge(40);
            assertThat(two.branch.rows("SELECT id, name FROM item ORDER BY id")).isEqualTo("1|eins\n3|three\n");
        }
    }
}
