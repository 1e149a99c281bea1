// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.TransactionRecord.SnapshotReference;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotReferenceTest {

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "north"})
    void aReferenceToASnapshotIsReadAsItWasWritten(String value) throws IOException {
        List<TransactionRecord> records = List.of(TransactionSamples.begin(), new SnapshotReference("music", value, new UUID(3, 4)), TransactionSamples.end(0));
        assertThat(TransactionSamples.read(TransactionSamples.write(records.toArray(TransactionRecord[]::new)))).isEqualTo(records);
    }
}
