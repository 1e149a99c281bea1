// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.terminal;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The terminal that we print to. Immutable.
 *
 * @param columns 0 when nobody knows, or when it is no terminal
 * @param lines   the same
 */
public record Terminal(int columns, int lines) {

    /** No terminal: a file or a pipe. */
    public static final Terminal NONE = new Terminal(0, 0);

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})");
    private static final File DEVICE = new File("/dev/tty");

    /** The one of this process: asks the terminal itself, then COLUMNS and LINES. */
    public static Terminal ofThisProcess() {
        if (System.console() == null || "dumb".equals(System.getenv("TERM"))) {
            return NONE;
        }
        Terminal said = parse(stty());
        return said.columns > 0 ? said : fromEnvironment(System::getenv);
    }

    /** Whether both are known and at least these. */
    public boolean has(int leastColumns, int leastLines) {
        return columns >= leastColumns && lines >= leastLines;
    }

    /** What {@code stty size} says: lines, then columns. */
    static Terminal parse(String sizeText) {
        Matcher matcher = SIZE.matcher(sizeText.trim());
        return matcher.matches() ? new Terminal(Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(1))) : NONE;
    }

    static Terminal fromEnvironment(UnaryOperator<String> variable) {
        return parse(variable.apply("LINES") + " " + variable.apply("COLUMNS"));
    }

    private static String stty() {
        if (!DEVICE.exists()) {
            return "";
        }
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(DEVICE).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String text = new String(stty.getInputStream().readNBytes(100), StandardCharsets.US_ASCII);
            return stty.waitFor(2, TimeUnit.SECONDS) ? text : "";
        } catch (IOException noStty) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** From now on both standard streams of this process take all characters, and show those that the terminal cannot encode by what comes nearest. */
    public static void makeStreamsReadable() {
        Charset charset = charset();
        System.setOut(readable(new FileOutputStream(FileDescriptor.out), charset));
        System.setErr(readable(new FileOutputStream(FileDescriptor.err), charset));
    }

    static PrintStream readable(OutputStream out, Charset charset) {
        OutputStream bytes = charset.equals(StandardCharsets.UTF_8) ? out : new NearestCharacters(out, charset);
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    /** What the surroundings of the process say, not what Java takes for files. */
    private static Charset charset() {
        for (String property : new String[] {"stdout.encoding", "native.encoding"}) {
            String name = System.getProperty(property);
            if (name != null && Charset.isSupported(name)) {
                return Charset.forName(name);
            }
        }
        return Charset.defaultCharset();
    }
}
