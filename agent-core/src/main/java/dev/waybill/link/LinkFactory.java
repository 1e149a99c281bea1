// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import dev.waybill.error.WaybillError;
import dev.waybill.publication.MessageType;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/** Opens the link of a message type. Any thread. */
public interface LinkFactory {

    /** The name of the option that names FILE's shared directory. */
    String DIRECTORY = "directory";

    /**
     * The link for this type with this database's own address and options; the caller closes it.
     *
     * @param maxMessageBytes longest message to be sent or received
     * @throws Link.LinkException there is no such way, or an option is missing or wrong
     */
    Link open(MessageType type, int maxMessageBytes) throws Link.LinkException;

    /** This one, and for message types of this name the other. */
    default LinkFactory and(String typeName, LinkFactory other) {
        return (type, maxMessageBytes) -> (type.name().equals(typeName) ? other : this).open(type, maxMessageBytes);
    }

    /** FILE. */
    static LinkFactory standard(InstantSource clock, RandomGenerator random, ThreadFactory threads) {
        return (type, maxMessageBytes) -> {
            if (!type.name().equalsIgnoreCase("FILE")) {
                throw new Link.LinkException(WaybillError.LINK_TYPE.with(type.name(), "FILE").getMessage(), null);
            }
            return new FileLink(directory(type), type.address(), maxMessageBytes, clock, random, threads);
        };
    }

    private static Path directory(MessageType type) throws Link.LinkException {
        String directory = type.options().get(DIRECTORY);
        if (directory == null || directory.isBlank()) {
            throw new Link.LinkException(WaybillError.LINK_OPTION.with(type.name(), DIRECTORY, "it is not set").getMessage(), null);
        }
        try {
            return Path.of(directory);
        } catch (InvalidPathException invalid) {
            throw new Link.LinkException(WaybillError.LINK_OPTION.with(type.name(), DIRECTORY, invalid.getMessage()).getMessage(), invalid);
        }
    }
}
