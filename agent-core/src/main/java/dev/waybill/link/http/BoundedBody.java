// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Takes an answer up to a bound, whatever its sender says or does; what had come when a connection was cut is there, too. Written by the client's threads, read when all is over. */
final class BoundedBody implements BodySubscriber<BoundedBody> {

    private final int atMost;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<BoundedBody> ended = new CompletableFuture<>();
    private Flow.Subscription subscription;
    private Throwable cut;

    BoundedBody(int atMost) {
        this.atMost = atMost;
    }

    /** What came. */
    synchronized byte[] bytes() {
        return bytes.toByteArray();
    }

    /** Why no more came; null when that is all, or all that was wanted. */
    synchronized Throwable cut() {
        return cut;
    }

    @Override
    public CompletionStage<BoundedBody> getBody() {
        return ended;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            byte[] some = new byte[Math.min(buffer.remaining(), atMost - bytes.size())];
            buffer.get(some);
            bytes.writeBytes(some);
        }
        if (bytes.size() == atMost) {
            subscription.cancel();
            ended.complete(this);
        }
    }

    @Override
    public synchronized void onError(Throwable cause) {
        cut = cause;
        ended.complete(this);
    }

    @Override
    public void onComplete() {
        ended.complete(this);
    }
}
