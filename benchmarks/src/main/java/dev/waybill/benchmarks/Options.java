// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.util.List;
import java.util.Locale;

/** What the command line asks for. */
record Options(int rounds, int sliceMillis, double quietest, long seed, boolean memory, boolean ownTime, boolean typical, String only, String product, int flushMicros, int warmMillis) {

    static Options of(String[] arguments) {
        List<String> list = List.of(arguments);
        return new Options(Integer.parseInt(value(list, "--rounds", "25")), Integer.parseInt(value(list, "--slice-ms", "60")),
                Double.parseDouble(value(list, "--quietest", "1")), Long.parseLong(value(list, "--seed", "1")), list.contains("--memory"),
                list.contains("--own-time"), list.contains("--typical"), value(list, "--only", null), value(list, "--product", "h2"), Integer.parseInt(value(list, "--flush-us", "0")),
                Integer.parseInt(value(list, "--warm-ms", "0")));
    }

    boolean wants(Workload workload) {
        return only == null || List.of(only.toUpperCase(Locale.ROOT).split(",")).contains(workload.name());
    }

    private static String value(List<String> arguments, String name, String otherwise) {
        int index = arguments.indexOf(name);
        return index < 0 ? otherwise : arguments.get(index + 1);
    }
}
