package dev.quern.serve;

import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The model of a {@link BatchingModel}, with its queue and workers, which another model may replace
 * while requests arrive. Thread-safe.
 */
final class CurrentModel {
  /** Creates the queue and the workers of a model. */
  private final Function<Model, Batching> start;

  /** Replaced models that still complete their pending requests. */
  private final Set<Batching> draining = ConcurrentHashMap.newKeySet();

  private volatile Batching current;
  private boolean closed;

  CurrentModel(Model first, Function<Model, Batching> start) {
    this.start = start;
    current = start.apply(first);
  }

  Batching get() {
    return current;
  }

  /** Returns the number of waiting samples, including those of replaced models. */
  int waiting() {
    long waiting = current.batcher().waiting();
    for (Batching old : draining) {
      waiting += old.batcher().waiting();
    }
    return (int) Math.min(Integer.MAX_VALUE, waiting);
  }

  /** Replaces the model as described for {@link BatchingModel#replace}. */
  CompletableFuture<Model> replace(Model model) {
    Batching old;
    synchronized (this) {
      if (closed || model.isClosed()) {
        String which = closed ? "batching model" : "new model";
        throw new ClosedException("serve: replace: the " + which + " is closed");
      }
      old = current;
      if (model == old.model()) {
        throw new InvalidArgumentException("serve: replace: the new model is already in use");
      }
      Batching next = start.apply(model);
      draining.add(old);
      current = next; // before the old queue is closed, so that a rejected request finds it
    }
    CompletableFuture<Model> done = new CompletableFuture<>();
    old.batcher()
        .end(
            () -> {
              draining.remove(old);
              done.complete(old.model());
            });
    return done;
  }

  /**
   * Queues a request; if the model is replaced meanwhile, the new model gets the request.
   *
   * @param question function from the model's network to the request
   * @param queueTimeout nanoseconds after which the request fails if its batch has not started
   */
  CompletableFuture<Object> ask(Function<Network, Question> question, long queueTimeout) {
    while (true) {
      Batching now = current;
      Question asked = question.apply(now.model().network());
      try {
        return now.batcher().ask(asked, queueTimeout);
      } catch (ClosedException e) {
        if (now == current) {
          throw e;
        }
      }
    }
  }

  /** Rejects new requests and replacements; {@code then} runs after the threads have stopped. */
  void end(Runnable then) {
    synchronized (this) {
      closed = true;
    }
    current.batcher().end(then);
  }

  /** Waits until all threads have stopped, see {@link Batcher#awaitEnd}. */
  boolean awaitEnd(long until) {
    boolean ended = current.batcher().awaitEnd(until);
    for (Batching old : draining) {
      ended &= old.batcher().awaitEnd(until);
    }
    return ended;
  }
}
