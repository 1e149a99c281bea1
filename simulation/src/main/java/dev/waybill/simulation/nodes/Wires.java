// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.link.Link;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** How agents and applications of a world come to their databases, and agents to their mailboxes: where whole nodes can be broken on purpose. */
interface Wires {

    /** Nothing is broken. */
    Wires SOUND = new Wires() { };

    /** A connection of an agent's. */
    default Connection agents(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:" + database);
    }

    /** What an application's driver connects to. */
    default String applications(String database) {
        return database;
    }

    /** An agent's way for messages. */
    default Link link(NodeWorld world, String own, Link sound) {
        return sound;
    }
}
