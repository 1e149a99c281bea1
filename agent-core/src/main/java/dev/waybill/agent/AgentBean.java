// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.util.List;

/** What JMX shows of one agent; values of its last cycle. */
public interface AgentBean {

    /** The publisher of its database. */
    String getPublisher();

    /** Whether it holds the lease; another agent works otherwise. */
    boolean isWorking();

    /** Most bytes of its journal that any neighbour has not confirmed. */
    long getLagBytes();

    /** Longest time that something has waited to be confirmed, in milliseconds. */
    long getLagMillis();

    /** Each neighbour with its lag: {@code branch: 1200 bytes, 35 ms}. */
    List<String> getNeighbours();

    /** Neighbours and links that stopped, with the reason. */
    List<String> getHalted();
}
