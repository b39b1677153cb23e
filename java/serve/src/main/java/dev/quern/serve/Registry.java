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
 * The served models by name. When a model is replaced, the new model receives all further requests;
 * the older one completes its pending requests and is then closed, so no request is lost. Waiting
 * for these requests takes at most {@link BatchingModel#DRAIN}, and happens without holding the
 * lock.
 */
final class Registry implements AutoCloseable {
  /** The maximum time in nanoseconds that closing the server waits for its models. */
  private static final long LAST_DRAIN = TimeUnit.SECONDS.toNanos(5);

  private final Map<String, Deployment> models = new ConcurrentSkipListMap<>();
  private volatile boolean loading;
  private boolean closed;

  /**
   * Creates the registry.
   *
   * @param loading whether initial models are still being loaded, so that the server is not yet
   *     ready
   */
  Registry(boolean loading) {
    this.loading = loading;
  }

  /** Declares that all initial models are deployed. */
  void loaded() {
    loading = false;
  }

  /**
   * Returns whether the server is ready: all initial models are deployed, and there is at least
   * one.
   */
  boolean isReady() {
    return !loading && !models.isEmpty();
  }

  /** Returns the error response for a request to an unknown model. */
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
   * Adds a model, and replaces an older model with the same name.
   *
   * @return the version under this name, from 1
   * @throws ClosedException if the registry is closed
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
   * Passes a request to the model with this name; retries with the new model if the model has been
   * replaced meanwhile.
   *
   * @return null if no model has this name
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
   * Closes models concurrently, and waits for them for a limited time. Exceptions are logged, not
   * thrown: the new model is already in service, and the other models must be closed as well.
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
