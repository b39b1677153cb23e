package dev.quern.serve;

import dev.quern.error.ClosedException;
import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Log;
import dev.quern.serve.http.Shown;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Registry of served models. A new model takes over the name first; the older one then completes
 * its pending requests and is closed, so that no request is lost. The lock is not held while
 * waiting for that, and the wait is at most {@link BatchingModel#DRAIN}.
 */
final class Registry implements AutoCloseable {
  /** The time in nanoseconds for which closing the server waits for models. */
  private static final long LAST_DRAIN = TimeUnit.SECONDS.toNanos(5);

  private final Map<String, Deployment> models = new ConcurrentSkipListMap<>();
  private volatile boolean loading;
  private boolean closed;

  /**
   * Creates the registry.
   *
   * @param loading whether initial models are still being loaded, so that the server is not ready
   */
  Registry(boolean loading) {
    this.loading = loading;
  }

  /** Declares that all initial models are deployed. */
  void loaded() {
    loading = false;
  }

  /** Returns whether all initial models are deployed and there is at least one. */
  boolean isReady() {
    return !loading && !models.isEmpty();
  }

  /** Returns the error for a request to an unknown model. */
  HttpError missing(List<String> parts) {
    String version = parts.size() > 1 ? " of version " + parts.get(1) : "";
    String what = "unknown model: " + Shown.of(parts.get(0)) + version;
    return loading
        ? new HttpError(503, what + "; the server is still loading models")
        : new HttpError(404, what);
  }

  Collection<Deployment> all() {
    return models.values();
  }

  @Nullable Deployment find(String name) {
    return models.get(name);
  }

  /**
   * Adds a model, and replaces an older one of this name.
   *
   * @return the version, from 1
   * @throws ClosedException if this is closed
   */
  int put(String name, BatchingModel batching) {
    Deployment old;
    int version;
    synchronized (this) {
      if (closed) {
        throw new ClosedException("serve: the server is closed");
      }
      old = models.get(name);
      version = old == null ? 1 : old.version() + 1;
      models.put(name, new Deployment(name, version, batching));
    }
    end(old);
    return version;
  }

  boolean remove(String name) {
    Deployment old;
    synchronized (this) {
      old = models.remove(name);
    }
    end(old);
    return old != null;
  }

  /**
   * Passes a request to the model with a name, again if another model has replaced it meanwhile.
   *
   * @return null if there is no such model
   */
  <A> @Nullable Asked<A> ask(String name, Function<BatchingModel, CompletableFuture<A>> question) {
    for (Deployment d = find(name); d != null; ) {
      try {
        return new Asked<>(d, question.apply(d.batching()));
      } catch (ClosedException e) {
        Deployment now = find(name);
        if (now == d) {
          throw e;
        }
        d = now;
      }
    }
    return null;
  }

  private static void end(@Nullable Deployment oldOrNull) {
    if (oldOrNull != null) {
      end(List.of(oldOrNull), BatchingModel.DRAIN);
    }
  }

  /**
   * Closes models concurrently, and waits for them for a limited time. Does not throw exceptions,
   * since a new model is already in service, and the other models must be closed, too.
   */
  private static void end(Collection<Deployment> old, long drain) {
    long until = System.nanoTime() + drain;
    for (Deployment d : old) {
      try {
        d.end();
      } catch (RuntimeException | Error e) {
        Log.warn("serve: model " + d.name() + " does not finish", e);
      }
    }
    for (Deployment d : old) {
      if (!d.batching().awaitEnd(until)) {
        Log.warn(
            "serve: version "
                + d.version()
                + " of model "
                + d.name()
                + " is still computing; it is closed afterwards");
      }
    }
  }

  @Override
  public void close() {
    List<Deployment> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(models.values());
      models.clear();
    }
    end(all, LAST_DRAIN);
  }
}
