// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.link.http.Access;
import dev.waybill.link.http.ClientCertificates;
import dev.waybill.link.http.Doorkeeper;
import dev.waybill.link.http.HttpLinks;
import dev.waybill.link.http.MailboxServer;
import dev.waybill.link.http.NoticeDesk;
import dev.waybill.link.http.Tls;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.MessageType;
import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.ThreadFactory;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The head office's mailboxes on a port, as options of the agent's command. */
final class HttpOffer {

    private static final int MESSAGES_AT_MOST = 10_000;

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--http", paramLabel = "PORT", description = "Offer the mailboxes of message type HTTP on this port (0: any), with /health and /metrics.")
    private Integer port;

    @Option(names = "--http-host", paramLabel = "HOST", description = "Listen on this address alone (default: all; without TLS it must be one of this machine itself).")
    private String host;

    @Option(names = "--http-keystore", paramLabel = "FILE", description = "PKCS 12 file with key and certificate for TLS.")
    private Path keyStore;

    @Option(names = "--http-password", paramLabel = "REF", description = "Where its password is: file:/path, env:NAME or provider:NAME.")
    private String password;

    @Option(names = "--http-clients", paramLabel = "FILE", description = "PEM file with authorities, or certificates of remotes themselves: the common name of what it vouches for is the remote's name. Looked at again and again.")
    private Path clients;

    @Option(names = "--http-proof", paramLabel = "WHAT", description = "What remotes have to show: token, certificate, either (default with --http-clients) or both.")
    private Doorkeeper.Proof proof;

    boolean isWanted() {
        return port != null;
    }

    /** Begins to offer; the caller closes. */
    MailboxServer start(Catalogue catalogue, Path keys, int maxMessageBytes, NoticeDesk notices, ThreadFactory threads) throws IOException {
        MessageType type = catalogue.messageType("HTTP").filter(known -> known.address() != null && known.options().containsKey(HttpLinks.DIRECTORY))
                .orElseThrow(() -> wrong("this database has no message type HTTP with an address and a directory. Say CREATE REMOTE MESSAGE TYPE HTTP ADDRESS '" + catalogue.publisher() + "', SET REMOTE HTTP OPTION directory = '…'"));
        if (keys == null) {
            throw wrong("--keys is missing: the tokens of those who may call are beside the keys");
        }
        InetAddress address = host == null ? null : InetAddress.getByName(host);
        if (keyStore == null && (address == null || !address.isLoopbackAddress())) {
            throw wrong("without --http-keystore tokens would travel readably; give one, or --http-host 127.0.0.1 for this machine or a proxy on it");
        }
        MailboxServer.configureProcess();
        InstantSource clock = InstantSource.system();
        var offer = new MailboxServer.Offer(HttpLinks.directory(type), type.address(), maxMessageBytes, MESSAGES_AT_MOST, door(new Access(keys, clock), clock), MailboxServer.IN_HIS_NAME, Figures::text, notices);
        MailboxServer server = MailboxServer.start(address == null ? new InetSocketAddress(port) : new InetSocketAddress(address, port), tls(offer.door().certificates()), offer, clock, new SecureRandom(), threads);
        System.out.println("mailboxes are offered on port " + server.port() + (keyStore == null ? ", without TLS" : ""));
        return server;
    }

    private Doorkeeper door(Access access, InstantSource clock) throws IOException {
        if (clients == null && proof != null && proof != Doorkeeper.Proof.TOKEN) {
            throw wrong("--http-proof " + proof.name().toLowerCase(Locale.ROOT) + " needs --http-clients");
        } else if (clients != null && keyStore == null) {
            throw wrong("--http-clients needs --http-keystore: who shows a certificate shows it to TLS");
        }
        Doorkeeper.Proof wanted = proof != null ? proof : clients == null ? Doorkeeper.Proof.TOKEN : Doorkeeper.Proof.EITHER;
        return new Doorkeeper(access, clients == null ? null : new ClientCertificates(clients, clock), wanted);
    }

    private SSLContext tls(ClientCertificates callers) throws IOException {
        if (keyStore == null) {
            return null;
        }
        if (password == null || !SecretReference.isReference(password)) {
            throw wrong("--http-password: " + SecretReference.EXPECTED);
        }
        try {
            return Tls.serving(keyStore, SecretReference.of(password).read().toCharArray(), callers);
        } catch (GeneralSecurityException refused) {
            throw new IOException("The key store " + keyStore + " cannot be used: " + refused.getMessage() + ". Nothing was done. Name a PKCS 12 file and its password.", refused);
        }
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), "--http cannot be done: " + what + ". Nothing was done.");
    }
}
