// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes a transaction anew with some of its changes left out or replaced. The new one lies in a temporary file, so that it may be of any length, until this is closed. One thread. */
final class Rewriting implements AutoCloseable {

    private final Path file;

    /** What becomes of a change. */
    interface Choice {

        /**
         * The change, another one, or null for none.
         *
         * @param number of the change in its transaction, from 1
         */
        Change of(Change change, long number) throws IOException;
    }

    private Rewriting(Path file) {
        this.file = file;
    }

    /** Reads to the end; closes the stream. */
    static Rewriting of(InputStream transaction, Choice choice) throws IOException {
        Rewriting rewriting = new Rewriting(Files.createTempFile("waybill-", ".letter"));
        try (TransactionReader reader = new TransactionReader(transaction); OutputStream out = Files.newOutputStream(rewriting.file)) {
            TransactionWriter writer = new TransactionWriter(out);
            long number = 0;
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                TransactionRecord written = record instanceof Change change ? choice.of(change, ++number) : record instanceof End end ? new End(end.committedAt(), writer.changes()) : record;
                if (written != null) {
                    writer.write(written);
                }
            }
            return rewriting;
        } catch (IOException | RuntimeException failed) {
            rewriting.close();
            throw failed;
        }
    }

    long sizeBytes() throws IOException {
        return Files.size(file);
    }

    InputStream open() throws IOException {
        return Files.newInputStream(file, StandardOpenOption.READ);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
