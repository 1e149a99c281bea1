// SPDX-License-Identifier: Apache-2.0
package dev.waybill.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "jdbc:h2:./hq;USER=sa;PASSWORD=dont-tell | jdbc:h2:./hq;USER=sa;PASSWORD=***",
            "jdbc:postgresql://host/orders?user=u&password=dont-tell&ssl=true | jdbc:postgresql://host/orders?user=u&password=***&ssl=true",
            "jdbc:mariadb://root:dont-tell@host/orders | jdbc:mariadb://root:***@host/orders",
            "jdbc:oracle:thin:scott/dont-tell@host:1521:orders | jdbc:oracle:thin:scott/***@host:1521:orders",
            "jdbc:oracle:oci:scott/dont/tell@orders | jdbc:oracle:oci:scott/***@orders",
            "jdbc:h2:./a/b@c | jdbc:h2:./a/b@c"})
    void noPasswordOfAUrlIsShown(String text, String shown) {
        assertThat(Secrets.hidden("no connection to \"" + text + "\" was made")).isEqualTo("no connection to \"" + shown + "\" was made");
    }
}
