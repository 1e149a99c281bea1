// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessagePrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = {"Shows messages readably: the envelope, every transaction, every change. Nothing is applied and nothing is deleted.", "Ends with 3 when one of them is damaged; what could be read is shown."})
final class ShowCommand implements Callable<Integer> {

    private static final int LARGEST = 256 * 1024 * 1024;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Message files, from a mailbox or from quarantine.")
    private List<Path> files = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        boolean whole = true;
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw new IOException("There is no file " + file + ". It was not shown. Messages lie in the mailboxes, put aside ones in the folder quarantine there.");
            }
            if (Files.size(file) > LARGEST) {
                throw new IOException(file + " has " + Files.size(file) + " bytes, more than any message (" + LARGEST + "). It was not read. Is it a message?");
            }
            System.out.println(file);
            whole &= new MessagePrinter(System.out, new MessageBounds(LARGEST, LARGEST)).print(Files.readAllBytes(file));
            System.out.println();
        }
        return whole ? 0 : 3;
    }
}
