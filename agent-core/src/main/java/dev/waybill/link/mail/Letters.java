// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.link.Link.Arrival;
import dev.waybill.link.Link.LinkException;
import java.util.List;

/** The receiving half of mail: what {@link dev.waybill.link.Link} says of a mailbox, by one protocol. One agent thread at a time. */
interface Letters {

    List<Arrival> list(int atMost) throws LinkException;

    byte[] read(Arrival arrival) throws LinkException;

    void delete(Arrival arrival) throws LinkException;

    void quarantine(Arrival arrival, String reason) throws LinkException;

    void onArrival(Runnable wake);

    void close();
}
