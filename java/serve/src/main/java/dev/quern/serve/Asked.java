package dev.quern.serve;

import java.util.concurrent.CompletableFuture;

/** A pending prediction and the deployment that computes it. */
record Asked<A>(Deployment by, CompletableFuture<A> answer) {}
