// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Turns an address into a directory below the root, or refuses it. Addresses come from a catalogue that others may have filled: they are not trusted. */
final class MailboxAddress {

    private static final String NO_FOLDER = "something that is no folder stands in its place";

    private final Path root;

    MailboxAddress(Path root) {
        this.root = root;
    }

    /** The mailbox directory, made if it is not there; nothing on the way to it below the root is a symbolic link. */
    Path open(String address) throws LinkException {
        Path relative = relative(address);
        try {
            Path place = Files.isDirectory(root) ? root : Files.createDirectories(root);
            for (Path name : relative) {
                place = place.resolve(name);
                if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                    refuseLink(address, place);
                    Files.createDirectory(place);
                }
            }
            return place;
        } catch (LinkException refused) {
            throw refused;
        } catch (IOException cause) {
            throw failed(WaybillError.LINK_FOLDER, cause, root.resolve(relative), reason(cause));
        }
    }

    private static void refuseLink(String address, Path place) throws LinkException {
        if (Files.isSymbolicLink(place)) {
            throw failed(WaybillError.LINK_ADDRESS, null, address, "it passes the symbolic link " + place);
        }
    }

    private Path relative(String address) throws LinkException {
        if (address == null || address.isBlank()) {
            throw failed(WaybillError.LINK_ADDRESS, null, address, "it is empty");
        }
        if (address.indexOf('\\') >= 0 || address.indexOf(':') >= 0) {
            throw failed(WaybillError.LINK_ADDRESS, null, address, "it holds a backslash or a colon");
        }
        Path relative;
        try {
            relative = Path.of(address);
        } catch (InvalidPathException invalid) {
            throw failed(WaybillError.LINK_ADDRESS, invalid, address, invalid.getReason());
        }
        if (relative.isAbsolute()) {
            throw failed(WaybillError.LINK_ADDRESS, null, address, "it is absolute");
        }
        for (Path name : relative) {
            if (name.toString().startsWith(".") || name.toString().equals(FileQuarantine.FOLDER)) {
                throw failed(WaybillError.LINK_ADDRESS, null, address, "\"" + name + "\" is no name of a mailbox");
            }
        }
        return relative;
    }

    static LinkException failed(WaybillError error, Throwable cause, Object... values) {
        return new LinkException(error.with(values).getMessage(), cause);
    }

    /**
     * A failure with a mailbox that had been opened, or with what is in it. Something that took the folder's place meanwhile is called the same as if it had been there before.
     *
     * @param what the mailbox, or the file in it
     */
    static LinkException failed(WaybillError error, Path mailbox, Path what, IOException cause) {
        boolean placeIsTaken = Files.exists(mailbox, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(mailbox, LinkOption.NOFOLLOW_LINKS);
        return placeIsTaken ? failed(WaybillError.LINK_FOLDER, cause, mailbox, NO_FOLDER) : failed(error, cause, what, reason(cause));
    }

    /** What an exception of the file system says: its kind is often the only text that it has. */
    private static String reason(IOException cause) {
        if (cause instanceof FileAlreadyExistsException) {
            return NO_FOLDER;
        }
        if (cause.getClass() == IOException.class && cause.getMessage() != null) {
            return cause.getMessage();
        }
        String kind = cause.getClass().getSimpleName().replaceAll("Exception$", "");
        return cause.getMessage() == null ? kind : kind + ": " + cause.getMessage();
    }
}
