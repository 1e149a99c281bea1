// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.fuzzing.Bounds;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Timeout;

/** Headers as text. */
class HeaderFuzzTest {

    @FuzzTest(maxDuration = "20s")
    @Timeout(200)
    void anyTextIsAHeaderThatIsPrintedSoOrRefused(byte[] bytes) throws Exception {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Bounds.within(1L << 20, () -> {
            try {
                Bounds.demand(MessageHeader.parse(text).toString().equals(text), "printed it is another header");
            } catch (IllegalArgumentException refused) {
                Bounds.demand(refused.getMessage() != null, "refused without a reason");
            }
        });
    }
}
