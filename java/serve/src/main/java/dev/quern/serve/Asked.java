package dev.quern.serve;

import java.util.concurrent.CompletableFuture;

/** Who answers, and the answer. */
record Asked<A>(Deployment by, CompletableFuture<A> answer) {}
