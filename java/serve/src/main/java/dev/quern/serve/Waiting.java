package dev.quern.serve;

import java.util.concurrent.CompletableFuture;

/**
 * A question that waits.
 *
 * @param kind equal ones may run together
 * @param since by {@link System#nanoTime}
 * @param until when it is to be begun
 */
record Waiting<Q>(
    Q question,
    Object kind,
    int samples,
    CompletableFuture<Object> answer,
    long since,
    long until) {}
