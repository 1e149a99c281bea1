// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** What every pair of products has to keep: a database becomes the replica of another, and stays it, through messages in a folder. */
final class BothWays {

    private BothWays() {}

    /** By START with tables of the same names, then by a snapshot that makes the table. */
    static void between(String hq, String branch, Path folder) throws Exception {
        try (TwoDatabases two = new TwoDatabases(hq, branch, folder, links -> links, links -> links)) {
            two.hq.insert(1, "one").insert(2, "two");
            two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            two.converge(60);
            two.hq.write(writes -> {
                writes.update(1, "eins");
                writes.delete(2);
                for (int id = 10; id < 200; id++) {
                    writes.insert(id, "name \"" + id + "\" \\ 'x'");
                }
            });
            two.hq.write(writes -> {
                for (int id = 10; id < 200; id += 2) {
                    writes.update(id, "other " + id);
                }
                writes.insert(1000, "x".repeat(150_000));
            });
            two.converge(60);
            assertThat(two.branch.rows("SELECT COUNT(*) FROM item")).isEqualTo("192\n");
            two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch").insert(3, "three");
            two.converge(60);
            two.hq.write(writes -> {
                for (int id = 10; id < 200; id++) {
                    writes.delete(id);
                }
            });
            two.converge(60);
            assertThat(two.branch.rows("SELECT id FROM item ORDER BY id")).isEqualTo("1\n3\n1000\n");
        }
    }
}
