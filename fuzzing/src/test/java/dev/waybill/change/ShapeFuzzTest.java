// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.fuzzing.Bounds;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;

/** Tables as they are kept and sent. */
class ShapeFuzzTest {

    @FuzzTest(maxDuration = "20s")
    @Timeout(200)
    void anyBytesAreATableOrRefused(byte[] bytes) throws Exception {
        Bounds.within(32L << 20, () -> {
            try {
                byte[] again = ShapeCodec.encode(ShapeCodec.decode(bytes));
                Bounds.demand(Arrays.equals(again, ShapeCodec.encode(ShapeCodec.decode(again))), "written again it is another table");
            } catch (MalformedException refused) {
                Bounds.demand(refused.getMessage() != null, "refused without a reason");
            }
        });
    }
}
