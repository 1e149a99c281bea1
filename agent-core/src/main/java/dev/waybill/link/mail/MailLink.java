// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.link.Link;
import java.util.List;

/** Mail: sent by SMTP, fetched as {@link Letters} are. One agent thread at a time. */
final class MailLink implements Link {

    private final MailSender sender;
    private final Letters letters;
    private final int maxMessageBytes;

    MailLink(MailSender sender, Letters letters, int maxMessageBytes) {
        this.sender = sender;
        this.letters = letters;
        this.maxMessageBytes = maxMessageBytes;
    }

    @Override
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    @Override
    public int sendableBytes() {
        return Math.min(maxMessageBytes, sender.sendableBytes());
    }

    @Override
    public void send(String address, byte[] message) throws LinkException {
        sender.send(address, message.clone());
    }

    @Override
    public List<Arrival> list(int atMost) throws LinkException {
        return letters.list(atMost);
    }

    @Override
    public byte[] read(Arrival arrival) throws LinkException {
        return letters.read(arrival);
    }

    @Override
    public void delete(Arrival arrival) throws LinkException {
        letters.delete(arrival);
    }

    @Override
    public void quarantine(Arrival arrival, String reason) throws LinkException {
        letters.quarantine(arrival, reason);
    }

    @Override
    public void onArrival(Runnable wake) {
        letters.onArrival(wake);
    }

    @Override
    public void close() {
        letters.close();
        sender.close();
    }
}
