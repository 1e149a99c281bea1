// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What Waybill says loudly in this process while this is open. Any thread. */
final class Warnings extends Handler {

    /** Held, because loggers are not. */
    private static final Logger LOGGER = Logger.getLogger("dev.waybill");

    private final List<String> texts = new CopyOnWriteArrayList<>();

    Warnings() {
        LOGGER.addHandler(this);
    }

    List<String> texts() {
        return List.copyOf(texts);
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
            texts.add(record.getMessage());
        }
    }

    @Override
    public void flush() {
        // nothing is held back
    }

    @Override
    public void close() {
        LOGGER.removeHandler(this);
    }
}
