// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a complete spool holds. Immutable.
 *
 * <pre>
 *   waybill-extraction 1
 *   from  publisher  incarnation  offset  digest  moment
 *   file  number  rows  bytes  crc                               numbers count from 0
 *   for   remote user  incarnation of his database  crc of the definitions
 *   load  index of the table  L for late references, otherwise R  file  indexes of tables that come before, by commas, or -      of the last FOR
 *   end   number of lines before
 * </pre>
 *
 * @param place of the snapshot in the journal of the head office
 */
record Manifest(String publisher, Position place, Instant taken, List<File> files, List<Share> shares) {

    private static final String FIRST = "waybill-extraction 1";
    private static final int RADIX = 16;

    Manifest {
        files = List.copyOf(files);
        shares = List.copyOf(shares);
    }

    /** Rows, or late references, of one table; perhaps for several remote users. */
    record File(int number, long rows, long bytes, int crc) {}

    /** What one remote user gets, in an order in which it can be loaded. */
    record Share(String remote, UUID database, int definitionsCrc, List<Load> loads) {
        Share {
            loads = List.copyOf(loads);
        }
    }

    /** One of the steps by which his database is filled. */
    record Load(int index, boolean isLate, int file, List<Integer> waits) {
        Load {
            waits = List.copyOf(waits);
        }
    }

    Optional<Share> share(String remote) {
        return shares.stream().filter(share -> share.remote().equals(remote)).findFirst();
    }

    String text() {
        List<String> lines = new ArrayList<>(List.of(FIRST));
        lines.add(String.join(" ", "from", publisher, place.incarnation().toString(), Long.toString(place.offset().bytes()), place.digest().toString(), taken.toString()));
        files.forEach(file -> lines.add(String.join(" ", "file", Integer.toString(file.number()), Long.toString(file.rows()), Long.toString(file.bytes()), Integer.toString(file.crc()))));
        for (Share share : shares) {
            lines.add(String.join(" ", "for", share.remote(), share.database().toString(), Integer.toString(share.definitionsCrc())));
            share.loads().forEach(load -> lines.add(String.join(" ", "load", Integer.toString(load.index()), load.isLate() ? "L" : "R", Integer.toString(load.file()),
                    load.waits().isEmpty() ? "-" : load.waits().stream().map(String::valueOf).collect(Collectors.joining(",")))));
        }
        lines.add("end " + lines.size());
        return String.join("\n", lines) + "\n";
    }

    /** Throws {@link IllegalArgumentException} for what {@link #text} did not write. */
    static Manifest parse(String text) {
        List<String> lines = text.lines().toList();
        if (lines.size() < 2 || !lines.get(0).equals(FIRST) || !lines.get(lines.size() - 1).equals("end " + (lines.size() - 1))) {
            throw new IllegalArgumentException("its manifest is not whole, or of another version");
        }
        try {
            return parse(lines.stream().skip(1).map(line -> line.split(" ")).toList());
        } catch (RuntimeException damaged) {
            throw new IllegalArgumentException("its manifest is damaged: " + damaged.getMessage(), damaged);
        }
    }

    private static Manifest parse(List<String[]> lines) {
        String[] from = lines.get(0);
        Digest digest = new Digest(Long.parseUnsignedLong(from[4].substring(0, RADIX), RADIX), Long.parseUnsignedLong(from[4].substring(RADIX), RADIX));
        List<File> files = new ArrayList<>();
        List<Share> shares = new ArrayList<>();
        for (String[] words : lines.subList(1, lines.size())) {
            if (words[0].equals("file")) {
                files.add(new File(Integer.parseInt(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]), Integer.parseInt(words[4])));
            } else if (words[0].equals("for")) {
                shares.add(new Share(words[1], UUID.fromString(words[2]), Integer.parseInt(words[3]), List.of()));
            } else if (words[0].equals("load")) {
                List<Integer> waits = words[4].equals("-") ? List.of() : Stream.of(words[4].split(",")).map(Integer::valueOf).toList();
                Share last = shares.remove(shares.size() - 1);
                Load load = new Load(Integer.parseInt(words[1]), words[2].equals("L"), Integer.parseInt(words[3]), waits);
                shares.add(new Share(last.remote(), last.database(), last.definitionsCrc(), Stream.concat(last.loads().stream(), Stream.of(load)).toList()));
            }
        }
        return new Manifest(from[1], new Position(UUID.fromString(from[2]), new LogOffset(Long.parseLong(from[3])), digest), Instant.parse(from[5]), files, shares);
    }
}
