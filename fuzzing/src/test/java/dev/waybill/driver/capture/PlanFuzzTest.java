// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.capture.CaptureProduct.TextPlanner;
import dev.waybill.driver.facts.FuzzedFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.fuzzing.Bounds;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Timeout;

/** Texts that applications run, through what plans their capture, product by product: any text has a plan, soon. */
class PlanFuzzTest {

    private static final List<TextPlanner> PLANNERS = List.of(planner(new H2Product(dialect("h2:x")), "PUBLIC"), planner(new HsqldbProduct(dialect("hsqldb:x")), "PUBLIC"),
            planner(new PostgresProduct(dialect("postgresql:x")), "public"), planner(new MariaDbProduct((MariaDbDialect) dialect("mariadb://h/x")), "public"), planner(new SqliteProduct(dialect("sqlite:x")), ""));

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyTextHasAPlan(byte[] bytes) throws Exception {
        String sql = new String(bytes, StandardCharsets.UTF_8);
        for (TextPlanner planner : PLANNERS) {
            Bounds.within(64L << 20, () -> Bounds.demand(planner.plan(sql) != null, "a text without a plan"));
        }
    }

    private static TextPlanner planner(CaptureProduct product, String schema) {
        NameContext unknown = product.unknownNames();
        NameContext names = new NameContext(List.of(schema), unknown.letterCase(), unknown.ignoreCase(), 0, unknown.rules());
        return product.planner(FuzzedFacts.of(schema, unknown.letterCase() == NameContext.LetterCase.UPPER, product instanceof PostgresProduct), names);
    }

    private static Dialect dialect(String url) {
        try {
            return Dialects.of("jdbc:" + url);
        } catch (SQLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
