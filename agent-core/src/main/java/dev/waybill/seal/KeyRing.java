// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * The keys in one directory, as the package page draws it. Every change is one file that appears or goes as a whole, so whoever reads meanwhile sees it before or after. Any thread; changes by one at a time.
 */
public final class KeyRing {

    private static final String OWN = ".key";
    private static final String TRUSTED = ".pub";
    /** Of a neighbour's key that was taken off: nothing but a person brings it back. */
    private static final String FORGOTTEN = ".gone";
    /** An invitation that was given here. */
    private static final String INVITED = ".invited";
    /** An invitation that is used here. */
    private static final String JOINING = ".joining";
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNERS_FOLDER = PosixFilePermissions.fromString("rwx------");
    /** So long it is still told why somebody who comes late is not let in. */
    private static final Duration ENDED_FOR = Duration.ofDays(30);
    private static final int LONGEST_FILE = 10_000;
    private static final int MOST_FILES = 10_000;

    private final Path directory;
    private final InstantSource clock;

    /** The ring in this directory, which is made with the first key. */
    public KeyRing(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * Everything on it.
     *
     * @throws KeyException the directory or a file in it cannot be used; the text says which, and never what is in it
     */
    public KeyBook read() throws KeyException {
        if (!Files.isDirectory(directory)) {
            throw failed(WaybillError.SEAL_RING, null, directory, "it is not a directory");
        }
        demandThatOthersCannotWrite();
        List<OwnKey> own = new ArrayList<>();
        List<TrustedKey> trusted = new ArrayList<>();
        List<Invited> invited = new ArrayList<>();
        List<Joining> joining = new ArrayList<>();
        for (Path file : files()) {
            String name = file.toString();
            if (name.endsWith(OWN)) {
                own.add(readSecret(file, KeyText::readOwn));
            } else if (name.endsWith(TRUSTED)) {
                trusted.add(readTrusted(file));
            } else if (name.endsWith(INVITED)) {
                invited.add(readSecret(file, Invited::read));
            } else {
                joining.add(readSecret(file, Joining::read));
            }
        }
        return new KeyBook(own, trusted, invited, joining);
    }

    /** Who can put a file here is trusted as whom he likes. */
    private void demandThatOthersCannotWrite() throws KeyException {
        try {
            PosixFileAttributeView rights = Files.getFileAttributeView(directory, PosixFileAttributeView.class);
            if (rights != null && rights.readAttributes().permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
                throw failed(WaybillError.SEAL_RING, null, directory, "everybody may write to it; say chmod o-w");
            }
        } catch (KeyException refused) {
            throw refused;
        } catch (IOException unreadable) {
            throw failed(WaybillError.SEAL_RING, unreadable, directory, unreadable);
        }
    }

    /** Something that differs when a file came, went or was written; cheap. */
    public String look() throws KeyException {
        StringBuilder state = new StringBuilder();
        try {
            for (Path file : files()) {
                state.append(file.getFileName()).append(' ').append(Files.size(file)).append(' ').append(Files.getLastModifiedTime(file).toMillis()).append('\n');
            }
        } catch (IOException unreadable) {
            throw failed(WaybillError.SEAL_RING, unreadable, directory, unreadable);
        }
        return state.toString();
    }

    /** Makes a key of this publisher's own and returns its public halves. */
    public TrustedKey make(String publisher) throws KeyException {
        if (!KeyText.isPublisher(publisher)) {
            throw failed(WaybillError.SEAL_RING, null, directory, "\"" + publisher + "\" is no name of a publisher");
        }
        try {
            OwnKey key = OwnKey.make(publisher, clock.instant().truncatedTo(ChronoUnit.MILLIS));
            write(directory.resolve(publisher + "." + key.shown().id() + OWN), KeyText.write(key));
            return key.shown();
        } catch (GeneralSecurityException impossible) {
            throw failed(WaybillError.SEAL_RING, impossible, directory, impossible.getMessage());
        }
    }

    /**
     * Trusts a neighbour's key from now on. The keys of the same neighbour that were there are trusted for a while longer.
     *
     * @param text      what {@link #export} gave there
     * @param oldOnesFor how long
     */
    public TrustedKey trust(String text, Duration oldOnesFor) throws KeyException {
        TrustedKey key;
        try {
            key = KeyText.readTrusted(text);
        } catch (GeneralSecurityException refused) {
            throw failed(WaybillError.SEAL_KEY, refused, "that was given", refused.getMessage());
        }
        key = key.by(null);
        try {
            Files.deleteIfExists(forgotten(key));
        } catch (IOException cause) {
            throw failed(WaybillError.SEAL_RING, cause, directory, cause);
        }
        put(key, oldOnesFor);
        return key;
    }

    /**
     * Two databases come to know one another, where one hand reaches both rings: each has a key of its own afterwards (one is made where there was none) and trusts the newest one of the other. Done again it changes nothing; begun and not ended it is
     * to be done again. Both may be one ring.
     *
     * @param me         the publisher whose ring this is
     * @param oldOnesFor how long older keys of either are still trusted by the other
     */
    public Introduction introduce(String me, KeyRing other, String neighbour, Duration oldOnesFor) throws KeyException {
        Introduction both = new Introduction(newestOrMade(me), other.newestOrMade(neighbour));
        trustOnce(both.theirs(), oldOnesFor);
        other.trustOnce(both.mine(), oldOnesFor);
        return both;
    }

    /**
     * The keys by which two databases know one another: their ids are what the two can compare.
     *
     * @param mine   of the ring that introduced
     * @param theirs of the other
     */
    public record Introduction(TrustedKey mine, TrustedKey theirs) {}

    /** The newest own key of this publisher; one is made where there is none. */
    public TrustedKey newestOrMade(String publisher) throws KeyException {
        List<TrustedKey> own = Files.isDirectory(directory) ? read().ownOf(publisher) : List.of();
        return own.isEmpty() ? make(publisher) : own.get(own.size() - 1);
    }

    private void trustOnce(TrustedKey key, Duration oldOnesFor) throws KeyException {
        boolean there = Files.isDirectory(directory) && read().trusted().stream().anyMatch(one -> one.equals(key.by(null)));
        if (!there) {
            trust(export(key), oldOnesFor);
        }
    }

    /** As {@link #trust(String, Duration)}, of this neighbour and nobody else; one that is trusted already without an end stays as it is. */
    public void trust(String text, Duration oldOnesFor, String neighbour) throws KeyException {
        try {
            TrustedKey key = KeyText.readTrusted(text);
            if (!key.publisher().equals(neighbour)) {
                throw new GeneralSecurityException("it is of " + key.publisher() + ", and not of " + neighbour);
            }
            trustOnce(key, oldOnesFor);
        } catch (GeneralSecurityException refused) {
            throw failed(WaybillError.SEAL_KEY, refused, "that was given", refused.getMessage());
        }
    }

    /** Trusts a key because another one of the same neighbour announced it; those that were there are trusted for a while longer. */
    void follow(TrustedKey key, String announcer, Duration oldOnesFor) throws KeyException {
        put(key.by(announcer), oldOnesFor);
    }

    /** Whether a person took this key off the ring. */
    boolean isForgotten(TrustedKey key) {
        return Files.exists(forgotten(key));
    }

    private void put(TrustedKey key, Duration oldOnesFor) throws KeyException {
        Instant end = clock.instant().plus(oldOnesFor);
        for (TrustedKey older : Files.isDirectory(directory) ? read().trusted() : List.<TrustedKey>of()) {
            if (older.publisher().equals(key.publisher()) && !older.id().equals(key.id())) {
                write(file(older), KeyText.write(older.ending(end)));
            }
        }
        write(file(key), KeyText.write(key));
    }

    /** Keeps an invitation that is given here, or what has become of it since. Those that ended a while ago are swept away. */
    public void keep(Invited invited) throws KeyException {
        write(directory.resolve(invited.guest() + "." + invited.id() + INVITED), invited.write());
        for (Invited old : read().invited()) {
            if (old.until().plus(ENDED_FOR).isBefore(clock.instant())) {
                remove(old.id());
            }
        }
    }

    /** Keeps an invitation by which a publisher here is to be taken in; those to the same head office that were there are void. */
    public void keep(Joining joining) throws KeyException {
        for (Joining old : Files.isDirectory(directory) ? read().joining() : List.<Joining>of()) {
            if (old.guest().equals(joining.guest()) && old.host().equals(joining.host()) && !old.id().equals(joining.id())) {
                remove(old.id());
            }
        }
        write(directory.resolve(joining.host() + "." + joining.id() + JOINING), joining.write());
    }

    /** Keeps another secret beside the keys, in a file that its owner alone can read; returns which. */
    public Path keepSecret(String name, String secret) throws KeyException {
        Path file = directory.resolve(name).toAbsolutePath();
        write(file, secret + "\n");
        return file;
    }

    /** The public halves of a key, as neighbours import them. */
    public static String export(TrustedKey key) {
        return KeyText.write(key);
    }

    /**
     * Takes a key off the ring at once, own or a neighbour's, with those that it announced, and those that they did: whoever stole it may have. No announcement brings a neighbour's back. Or an invitation: it is worth nothing any more.
     *
     * @return the ids of what was taken off; empty when it was not there
     */
    public List<String> remove(String id) throws KeyException {
        List<String> removed = new ArrayList<>();
        Deque<String> open = new ArrayDeque<>(List.of(id));
        while (!open.isEmpty()) {
            String next = open.pop();
            try {
                for (Path file : files()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith("." + next + OWN) || name.endsWith("." + next + INVITED) || name.endsWith("." + next + JOINING)) {
                        Files.delete(file);
                        removed.add(next);
                    } else if (name.endsWith("." + next + TRUSTED)) {
                        write(file.resolveSibling(name.replace(TRUSTED, FORGOTTEN)), "");
                        Files.delete(file);
                        removed.add(next);
                    } else if (name.endsWith(TRUSTED) && text(file).lines().anyMatch(line -> line.equals("by: " + next))) {
                        open.add(name.substring(0, name.length() - TRUSTED.length()).replaceFirst(".*\\.", ""));
                    }
                }
            } catch (KeyException refused) {
                throw refused;
            } catch (IOException cause) {
                throw failed(WaybillError.SEAL_RING, cause, directory, cause);
            }
        }
        return removed;
    }

    private Path forgotten(TrustedKey key) {
        return directory.resolve(key.publisher() + "." + key.id() + FORGOTTEN);
    }

    private Path file(TrustedKey key) {
        return directory.resolve(key.publisher() + "." + key.id() + TRUSTED);
    }

    private List<Path> files() throws KeyException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*{" + OWN + "," + TRUSTED + "," + INVITED + "," + JOINING + "}")) {
            for (Path file : all) {
                if (!file.getFileName().toString().startsWith(".")) {
                    files.add(file);
                }
                if (files.size() > MOST_FILES) {
                    throw new IOException("it holds more than " + MOST_FILES + " keys");
                }
            }
        } catch (IOException unreadable) {
            throw failed(WaybillError.SEAL_RING, unreadable, directory, unreadable);
        }
        files.sort(Path::compareTo);
        return files;
    }

    private interface Reading<T> {
        T read(String text) throws GeneralSecurityException;
    }

    private static <T> T readSecret(Path file, Reading<T> reading) throws KeyException {
        try {
            PosixFileAttributeView rights = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (rights != null && !OWNERS.containsAll(rights.readAttributes().permissions())) {
                throw new GeneralSecurityException("others than its owner may read or write it; say chmod 600");
            }
            return reading.read(text(file));
        } catch (IOException | GeneralSecurityException refused) {
            throw failed(WaybillError.SEAL_KEY, refused, file, refused.getMessage());
        }
    }

    private static TrustedKey readTrusted(Path file) throws KeyException {
        try {
            return KeyText.readTrusted(text(file));
        } catch (IOException | GeneralSecurityException refused) {
            throw failed(WaybillError.SEAL_KEY, refused, file, refused.getMessage());
        }
    }

    private static String text(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LONGEST_FILE) {
            throw new IOException("it is no file, or one of more than " + LONGEST_FILE + " bytes");
        }
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** With the owner's rights from the first byte on. */
    private void write(Path file, String text) throws KeyException {
        Path passing = file.resolveSibling("." + file.getFileName() + ".tmp");
        try {
            boolean posix = Files.getFileStore(existing(directory)).supportsFileAttributeView(PosixFileAttributeView.class);
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
                if (posix) {
                    Files.setPosixFilePermissions(directory, OWNERS_FOLDER);
                }
            }
            Files.deleteIfExists(passing);
            if (posix) {
                Files.createFile(passing, PosixFilePermissions.asFileAttribute(OWNERS));
            }
            Files.write(passing, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.SYNC);
            Files.move(passing, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException cause) {
            throw failed(WaybillError.SEAL_RING, cause, directory, cause);
        }
    }

    private static Path existing(Path folder) {
        Path at = folder.toAbsolutePath();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }

    private static KeyException failed(WaybillError error, Throwable cause, Object... values) {
        return new KeyException(error.with(values).getMessage(), cause);
    }

    /** Keys that cannot be used. The text has no secrets. */
    public static final class KeyException extends IOException {
        private static final long serialVersionUID = 1L;

        KeyException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
