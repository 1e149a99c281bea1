// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

/** {@code ./waybill agent} with a witness beside it, for being killed. Arguments: raw JDBC URL. */
final class AgentProcess {

    private AgentProcess() {}

    public static void main(String[] arguments) throws Exception {
        HalvesWitness.start(arguments[0]);
        Class.forName("dev.waybill.command.Main").getMethod("main", String[].class).invoke(null, (Object) new String[] {"agent", arguments[0]});
    }
}
