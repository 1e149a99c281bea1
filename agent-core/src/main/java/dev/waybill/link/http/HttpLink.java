// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.link.Link;
import dev.waybill.link.Watching;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;

/** HTTP from a remote: its mailbox is at the head office, which it asks. One agent thread at a time. */
public final class HttpLink implements Link {

    private static final System.Logger LOG = System.getLogger(HttpLink.class.getName());
    private static final byte[] NOTHING = new byte[0];
    private static final int SMALL_BYTES = 10_000;
    private static final int LISTING_BYTES = 8 << 20;
    private static final int LISTED_AT_MOST = 10_000;
    /** A message of which a part comes each time is asked for so often in one go. */
    private static final int PARTS_AT_MOST = 20;

    private final Office office;
    private final String ownAddress;
    private final int maxMessageBytes;
    private final Watching watching;
    private String tag;
    private List<Arrival> listed = List.of();
    private int listedAtMost;
    private final Map<String, byte[]> fetched = new HashMap<>();
    private final Set<String> going = new LinkedHashSet<>();
    private Bundle outgoing = new Bundle();
    private String outgoingTo = "";
    private LinkException failed;

    /**
     * @param ownAddress name of the own mailbox, or null when nothing is to be received this way
     * @param threads    for the one that waits for arrivals
     */
    HttpLink(Office office, String ownAddress, int maxMessageBytes, ThreadFactory threads) {
        this.office = office;
        this.ownAddress = ownAddress;
        this.maxMessageBytes = maxMessageBytes;
        this.watching = new Watching(threads);
    }

    @Override
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    @Override
    public void send(String address, byte[] message) throws LinkException {
        flush();
        post(address, "", message.clone());
    }

    /** Several leave together, so that a long line is waited for once. */
    @Override
    public void sendSoon(String address, byte[] message) throws LinkException {
        if (!address.equals(outgoingTo) || !outgoing.hasRoom("", message.length)) {
            try {
                handOver();
            } catch (LinkException notTaken) {
                failed = notTaken;
                throw notTaken;
            }
        }
        outgoingTo = address;
        if (outgoing.hasRoom("", message.length)) {
            outgoing.add("", message);
        } else {
            post(address, "", message.clone());
        }
    }

    /** What failed while more was accepted is said here, too: none of it counts as handed over. */
    @Override
    public void flush() throws LinkException {
        LinkException before = failed;
        failed = null;
        handOver();
        if (before != null) {
            throw before;
        }
    }

    private void handOver() throws LinkException {
        Bundle leaving = outgoing;
        outgoing = new Bundle();
        if (leaving.messages() == 1) {
            post(outgoingTo, "", Bundle.read(leaving.bytes(), Integer.MAX_VALUE, true).get(0).message());
        } else if (leaving.messages() > 1) {
            post(outgoingTo, "?several=1", leaving.bytes());
        }
    }

    private void post(String address, String query, byte[] body) throws LinkException {
        expect(office.ask(office.to(address, null, query).POST(BodyPublishers.ofByteArray(body)), SMALL_BYTES), 201);
    }

    /** Asks only whether anything is different, most of the time. */
    @Override
    public List<Arrival> list(int atMost) throws LinkException {
        if (ownAddress == null) {
            return List.of();
        }
        watching.begin(wake -> new ArrivalWatch(office, ownAddress, wake));
        deleteNow();
        int most = Math.min(atMost, LISTED_AT_MOST);
        HttpRequest.Builder request = office.to(ownAddress, null, "?most=" + most);
        HttpResponse<BoundedBody> answer = office.ask(tag == null || most != listedAtMost ? request : request.header("If-None-Match", tag), LISTING_BYTES);
        if (answer.statusCode() != 304) {
            expect(answer, 200);
            listed = arrivals(whole(answer.body()));
            listedAtMost = most;
            tag = answer.headers().firstValue("ETag").orElse(null);
        }
        return listed;
    }

    private List<Arrival> arrivals(byte[] text) throws LinkException {
        List<Arrival> arrivals = new ArrayList<>();
        for (String line : new String(text, StandardCharsets.UTF_8).lines().toList()) {
            int space = line.indexOf(' ');
            if (space < 1 || !line.substring(space + 1).matches("\\d{1,12}")) {
                throw office.failed("what it says lies there cannot be read", null);
            }
            arrivals.add(new Arrival(URLDecoder.decode(line.substring(0, space), StandardCharsets.UTF_8), Long.parseLong(line.substring(space + 1)), null));
        }
        return List.copyOf(arrivals);
    }

    /** With what lies behind it, where that is short: it is asked for next. */
    @Override
    public byte[] read(Arrival arrival) throws LinkException {
        byte[] known = fetched.remove(arrival.name());
        if (known == null) {
            fetched.clear();
            List<String> names = from(arrival.name());
            if (names.size() > 1) {
                HttpResponse<BoundedBody> answer = office.ask(office.to(ownAddress, null, "?read=1").POST(BodyPublishers.ofString(lines(names))), Bundle.BYTES);
                expect(answer, 200);
                Bundle.read(answer.body().bytes(), maxMessageBytes, false).forEach(letter -> fetched.put(letter.name(), letter.message()));
                known = fetched.remove(arrival.name());
            }
        }
        return known == null ? readAlone(arrival) : known;
    }

    /** This one and those that lie behind it, as long as a bundle has room. */
    private List<String> from(String name) {
        List<String> names = new ArrayList<>();
        int bytes = 0;
        for (Arrival each : listed) {
            if (!names.isEmpty() || each.name().equals(name)) {
                bytes = (int) Math.min(Integer.MAX_VALUE, bytes + (long) Bundle.size(each.name(), each.sizeBytes()));
                if (bytes > Bundle.BYTES || names.size() == Bundle.MESSAGES || each.sizeBytes() > maxMessageBytes) {
                    break;
                }
                names.add(each.name());
            }
        }
        return names;
    }

    private static String lines(Collection<String> names) {
        return names.stream().map(name -> URLEncoder.encode(name, StandardCharsets.UTF_8)).collect(Collectors.joining("\n"));
    }

    /** In as many parts as the connection lets through, as long as each brings something. */
    private byte[] readAlone(Arrival arrival) throws LinkException {
        byte[] got = NOTHING;
        String of = null;
        for (int part = 0; part < PARTS_AT_MOST; part++) {
            HttpRequest.Builder request = office.to(ownAddress, arrival.name(), "").header("Range", "bytes=" + got.length + "-" + maxMessageBytes);
            HttpResponse<BoundedBody> answer = office.ask(of == null ? request : request.header("If-Range", of), maxMessageBytes + 1);
            if (answer.statusCode() == 404) {
                return null;
            }
            if (answer.statusCode() == 416 && got.length == 0) {
                return NOTHING;
            }
            byte[] before = answer.statusCode() == 200 ? NOTHING : got;
            expect(answer, 200, 206);
            got = joined(before, answer.body().bytes());
            of = answer.headers().firstValue("ETag").orElse(null);
            if (answer.body().cut() == null || got.length > maxMessageBytes) {
                return got.length > maxMessageBytes ? Arrays.copyOf(got, maxMessageBytes + 1) : got;
            }
            if (got.length == before.length || of == null) {
                break;
            }
        }
        throw office.failed("a message came only in part", null);
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Override
    public void delete(Arrival arrival) throws LinkException {
        expect(office.ask(office.to(ownAddress, arrival.name(), "").DELETE(), SMALL_BYTES), 204);
        tag = null;
    }

    /** Several go together, before the next look at the latest. */
    @Override
    public void deleteSoon(Arrival arrival) throws LinkException {
        going.add(arrival.name());
        listed = listed.stream().filter(each -> !each.name().equals(arrival.name())).toList();
        if (going.size() >= Bundle.MESSAGES) {
            deleteNow();
        }
    }

    private void deleteNow() throws LinkException {
        if (!going.isEmpty()) {
            expect(office.ask(office.to(ownAddress, null, "?delete=1").POST(BodyPublishers.ofString(lines(going))), SMALL_BYTES), 204);
            going.clear();
            tag = null;
        }
    }

    @Override
    public void quarantine(Arrival arrival, String reason) throws LinkException {
        String bounded = reason.substring(0, Math.min(reason.length(), 2_000));
        expect(office.ask(office.to(ownAddress, arrival.name(), "").POST(BodyPublishers.ofString(bounded)), SMALL_BYTES), 204);
        tag = null;
    }

    private byte[] whole(BoundedBody body) throws LinkException {
        if (body.cut() != null) {
            throw office.failed("an answer came only in part", body.cut());
        }
        return body.bytes();
    }

    private void expect(HttpResponse<BoundedBody> answer, Integer... statuses) throws LinkException {
        if (!List.of(statuses).contains(answer.statusCode())) {
            throw office.refused(answer.statusCode());
        }
    }

    @Override
    public void onArrival(Runnable run) {
        watching.onArrival(run);
    }

    /** What was to be deleted and cannot be any more is met again, and recognised. */
    @Override
    public void close() {
        try {
            deleteNow();
        } catch (LinkException away) {
            LOG.log(System.Logger.Level.DEBUG, "messages that have done their work lie there still", away);
        }
        watching.close();
    }
}
