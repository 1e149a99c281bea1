// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/guide.md}, as it stands there: every command works, and what is shown of its output is in it. */
@Tag("extended")
class GuideTest {

    private static final Pattern BLOCK = Pattern.compile("```(sh|text)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LOOP = Pattern.compile("for db in (.*); do (.*); done");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    @TempDir
    private Path directory;

    @Test
    void guideIsTrueFromItsFirstCommandToItsLast() throws IOException, SQLException {
        String postgres = PostgresServer.running().freshDatabase().url();
        Matcher block = BLOCK.matcher(Files.readString(Path.of("..", "docs", "guide.md")));
        String said = "";
        int commands = 0;
        while (block.find()) {
            if (block.group(1).equals("sh")) {
                StringBuilder out = new StringBuilder();
                for (String line : lines(block.group(2))) {
                    out.append(run(line, postgres));
                    commands++;
                }
                said = out.toString();
            } else {
                for (String line : block.group(2).lines().toList()) {
                    assertThat(said.replaceAll("[ │]+", " ")).contains(line);
                }
            }
        }
        assertThat(commands).isGreaterThan(12);
    }

    /** Lines that end in a backslash go on, loops are unrolled. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.replace("\\\n", "").lines().toList()) {
            Matcher loop = LOOP.matcher(line);
            if (loop.matches()) {
                for (String database : loop.group(1).split(" ")) {
                    lines.add(loop.group(2).replace("$db", database));
                }
            } else {
                lines.add(line);
            }
        }
        return lines;
    }

    private String run(String line, String postgres) {
        Matcher word = WORD.matcher(line);
        List<String> words = new ArrayList<>();
        while (word.find()) {
            words.add(here(word.group(1) == null ? word.group(2) : word.group(1), postgres));
        }
        assertThat(words.remove(0)).isEqualTo("./waybill");
        if (words.get(0).equals("extract")) {
            words.addAll(List.of("--spool", directory.resolve("spool").toString()));
        }
        return Outcome.done(words.toArray(String[]::new)).out();
    }

    /** Its databases and folders are those of this test. */
    private String here(String word, String postgres) {
        return word.replace("jdbc:h2:./", "jdbc:h2:file:" + directory + "/").replace("jdbc:sqlite:", "jdbc:sqlite:" + directory + "/").replace("/srv/messages", directory.resolve("messages").toString())
                .replace("jdbc:postgresql://localhost/hq", postgres);
    }
}
