package dev.quern.serve;

import dev.quern.serve.http.Startable;
import java.util.concurrent.CompletableFuture;

/** A future result that also stores whether its batch has started. */
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
