package dev.quern.serve;

import dev.quern.error.ClosedException;
import dev.quern.predict.Model;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The models that are served. A new one takes an older one's name before that ends, which answers
 * what waits for it first, so that no request is lost.
 */
final class Registry implements AutoCloseable {
  private final Map<String, Deployment> models = new ConcurrentSkipListMap<>();
  private boolean closed;

  Collection<Deployment> all() {
    return models.values();
  }

  @Nullable Deployment find(String name) {
    return models.get(name);
  }

  /**
   * @return the version, from 1
   * @throws ClosedException if this is closed
   */
  synchronized int put(String name, BatchingModel batching) {
    if (closed) {
      throw new ClosedException("serve: the server is closed");
    }
    Deployment old = models.get(name);
    int version = old == null ? 1 : old.version() + 1;
    models.put(name, new Deployment(name, version, batching));
    end(old);
    return version;
  }

  synchronized boolean remove(String name) {
    Deployment old = models.remove(name);
    end(old);
    return old != null;
  }

  /**
   * Asks the model of a name; again where another took the name meanwhile.
   *
   * @return null if there is none
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

  private static void end(@Nullable Deployment old) {
    if (old != null) {
      Model model = old.batching().model();
      old.batching().close();
      model.close();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    models.keySet().forEach(this::remove);
  }
}
