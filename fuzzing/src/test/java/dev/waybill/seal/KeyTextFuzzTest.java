// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.fuzzing.Bounds;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Timeout;

/** Files of keys as somebody sends them: a key that is written again as it was read, or refused; what holds secret halves is never imported. */
class KeyTextFuzzTest {

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyTextIsAKeyOrRefused(byte[] bytes) throws Exception {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Bounds.within(32L << 20, () -> {
            try {
                String again = KeyText.write(KeyText.readTrusted(text));
                Bounds.demand(!text.contains("\nsign: "), "secret halves were imported");
                Bounds.demand(KeyText.write(KeyText.readTrusted(again)).equals(again), "written again it is another key");
            } catch (GeneralSecurityException refused) {
                Bounds.demand(refused.getMessage() != null, "refused without a reason");
            }
            try {
                String again = KeyText.write(KeyText.readOwn(text));
                Bounds.demand(KeyText.write(KeyText.readOwn(again)).equals(again), "written again it is another key");
            } catch (GeneralSecurityException refused) {
                Bounds.demand(refused.getMessage() != null, "refused without a reason");
            }
        });
    }
}
