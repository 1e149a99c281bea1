// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import java.sql.Connection;
import java.sql.DriverManager;

/** The harbour as a program of its own, for being killed: works until its standard input ends, printing a line for each round; a witness beside it. Arguments: JDBC URL, seed. */
final class HarbourProcess {

    private HarbourProcess() {}

    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[1]);
        HalvesWitness.start(arguments[0].replace("jdbc:waybill:", "jdbc:"));
        try (Connection open = DriverManager.getConnection(arguments[0])) {
            for (long round = 0; System.in.available() == 0 && open.isValid(1); round++) {
                Harbour.workConcurrently(() -> DriverManager.getConnection(arguments[0]), seed + round * 1_000_003, 3, 20);
                System.out.println("round " + round);
            }
        }
    }
}
