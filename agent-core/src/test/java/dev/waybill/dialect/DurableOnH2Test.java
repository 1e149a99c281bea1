// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was made durable is in the file, though the virtual machine halts at once and H2 was storing by itself at that moment. */
class DurableOnH2Test {

    @TempDir
    private Path directory;

    @Test
    void whatWasMadeDurableWhileTheDatabaseWasStoringOutlivesAHalt() throws Exception {
        halts(4);
    }

    @Test
    @Tag("extended")
    void whatWasMadeDurableWhileTheDatabaseWasStoringOutlivesManyHalts() throws Exception {
        halts(60);
    }

    private void halts(int count) throws Exception {
        for (int halt = 0; halt < count; halt++) {
            String url = "jdbc:h2:" + directory.resolve("db" + halt);
            try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
                new CatalogueInstaller(Dialects.of(connection), UUID::randomUUID, InstantSource.system()).install(connection);
                statement.execute("CREATE TABLE committed (n INT PRIMARY KEY)");
                statement.execute("CREATE TABLE bulk (n INT PRIMARY KEY, text VARCHAR(10000))");
            }
            int number = halt(url, directory.resolve("number" + halt));
            try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT MAX(n) FROM committed")) {
                row.next();
                assertThat(row.getInt(1)).as("last commit after halt " + halt).isGreaterThanOrEqualTo(number);
            }
        }
    }

    private int halt(String url, Path number) throws Exception {
        File log = directory.resolve("log").toFile();
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), HaltedCheckpoint.class.getName(), url, number.toString())
                .redirectErrorStream(true).redirectOutput(log).start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log.toPath())).isZero();
        return Integer.parseInt(Files.readString(number));
    }
}
