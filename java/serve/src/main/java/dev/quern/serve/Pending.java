package dev.quern.serve;

import dev.quern.serve.http.Startable;
import java.util.concurrent.CompletableFuture;

/** An answer that is to come; whether its batch has begun is known. */
final class Pending extends CompletableFuture<Object> implements Startable {
  private volatile boolean started;

  void start() {
    started = true;
  }

  @Override
  public boolean hasStarted() {
    return started;
  }
}
