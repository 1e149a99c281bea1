// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WaybillSettingsTest {

    @Test
    void whatIsNotSaidHasItsDefault() throws SQLException {
        assertThat(WaybillSettings.of(Map.of())).isEqualTo(WaybillSettings.DEFAULTS);
    }

    @Test
    void timesAreReadAsPeopleWriteThem() throws SQLException {
        assertThat(WaybillSettings.of(Map.of("waybill.patience", "800ms")).lossPatience()).isEqualTo(Duration.ofMillis(800));
        assertThat(WaybillSettings.of(Map.of("waybill.wait", " 2M ")).patience()).isEqualTo(Duration.ofMinutes(2));
        assertThat(WaybillSettings.of(Map.of("waybill.poll", "PT1.5S")).poll()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(WaybillSettings.of(Map.of("waybill.wait", "1h")).patience()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void wrongTextIsRefusedWithWhatIsExpected() {
        assertThatThrownBy(() -> WaybillSettings.of(Map.of("waybill.patience", "soon"))).isInstanceOf(SQLException.class).hasMessageContaining("waybill.patience").hasMessageContaining("\"soon\"").hasMessageContaining("500ms");
        assertThatThrownBy(() -> WaybillSettings.of(Map.of("waybill.wait", "-PT1S"))).hasMessageContaining("not negative");
        assertThatThrownBy(() -> WaybillSettings.of(Map.of("waybill.patience", "9ms"))).hasMessageContaining("from 10ms");
        assertThatThrownBy(() -> WaybillSettings.of(Map.of("waybill.poll", "0s"))).hasMessageContaining("from 1ms");
        assertThatThrownBy(() -> WaybillSettings.of(Map.of("waybill.patients", "5s"))).hasMessageContaining("waybill.patients").hasMessageContaining("waybill.patience");
    }
}
