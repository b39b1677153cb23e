package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.detect.Detection;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.Prediction;
import dev.quern.serve.http.Log;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model with dynamic batching for concurrent callers: requests that arrive within a time window,
 * or while another batch is computed, run as one batch. The results for a sample are bit-identical
 * to those of {@link Model} for this sample alone. Thread-safe.
 *
 * <p>If the queue is full, a request throws {@link OverloadedException} immediately. A request that
 * waits longer than {@link Builder#queueTimeout} fails with {@link DeadlineException}. A request
 * whose future is canceled before its batch starts is not computed.
 *
 * <pre>{@code
 * try (Model model = Model.load(file);
 *     BatchingModel serving = BatchingModel.builder(model).maxBatch(16).build()) {
 *   CompletableFuture<Map<String, Prediction>> prediction = serving.predict(image);
 * }
 * }</pre>
 */
public final class BatchingModel implements AutoCloseable {
  /** The maximum time in nanoseconds that closing waits for running batches. */
  static final long DRAIN = TimeUnit.SECONDS.toNanos(10);

  private final CurrentModel current;
  private final StatisticsList statistics = new StatisticsList();
  private final long queueTimeout;

  /**
   * The thread pool that completes futures. Unbounded, because callers' continuations may block its
   * threads.
   */
  private final ExecutorService own = Executors.newCachedThreadPool(BatchingModel::thread);

  private final Answers answers;

  private BatchingModel(Builder b) {
    queueTimeout = b.queueTimeout.toNanos();
    statistics.add(b.statistics);
    int maxBatch = b.maxBatch; // copies, because the builder may change later
    int maxQueue = b.maxQueue;
    int count = b.workers;
    long window = b.window.toNanos();
    answers = new Answers(b.answering == null ? own : b.answering);
    ThreadFactory threads = b.threads;
    current =
        new CurrentModel(
            b.model,
            model ->
                new Batching(
                    model,
                    new Batcher<>(
                        threads == null ? workers(model.network().name()) : threads,
                        count,
                        Question::kind,
                        Question::samples,
                        new Predicting(model)::results,
                        new WaitingLine<>(maxBatch, maxQueue, window),
                        answers,
                        statistics)));
  }

  private static Thread thread(Runnable work) {
    return daemon(work, "quern-serve-answer");
  }

  private static ThreadFactory workers(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> daemon(work, "quern-serve-" + name + "-" + number.incrementAndGet());
  }

  private static Thread daemon(Runnable work, String name) {
    Thread t = new Thread(work, name);
    t.setDaemon(true);
    return t;
  }

  /**
   * Returns a builder of a batching model, with default settings.
   *
   * @param model the model; the caller must close it after the batching model
   */
  public static Builder builder(Model model) {
    return new Builder(Require.present("serve", "model", model));
  }

  /** The settings of a {@link BatchingModel}. Not thread-safe. */
  public static final class Builder {
    private static final int MOST = 1 << 16;
    private static final int MOST_WORKERS = 64;

    private final Model model;
    private int maxBatch = 32;
    private int maxQueue = 256;
    private int workers = 1;
    private Duration window = Duration.ofNanos(300_000);
    private Duration queueTimeout = Duration.ofSeconds(10);
    private BatchStatistics statistics = BatchStatistics.NONE;
    private @Nullable Executor answering;
    private @Nullable ThreadFactory threads;

    private Builder(Model model) {
      this.model = model;
    }

    /**
     * Sets the largest number of samples in a batch, from 1 to 65,536; default 32. With 1, batching
     * is off. A request with more samples runs alone.
     *
     * @throws InvalidArgumentException if {@code samples} is outside this range
     */
    public Builder maxBatch(int samples) {
      maxBatch = within("max_batch", samples);
      return this;
    }

    /**
     * Sets the largest number of samples in the queue, from 1 to 65,536; default 256. A request
     * with more samples is accepted if the queue is empty.
     *
     * @throws InvalidArgumentException if {@code samples} is outside this range
     */
    public Builder maxQueue(int samples) {
      maxQueue = within("max_queue", samples);
      return this;
    }

    /**
     * Sets the number of batches computed concurrently, from 1 to 64; default 1. Workers share the
     * threads of {@link dev.quern.engine.Engine}. For the highest throughput, use one worker per
     * core and one engine thread; for the lowest latency, one worker and all engine threads.
     *
     * @throws InvalidArgumentException if {@code workers} is outside this range
     */
    public Builder workers(int workers) {
      if (workers < 1 || workers > MOST_WORKERS) {
        throw new InvalidArgumentException(
            "serve: workers " + workers + " is outside [1, " + MOST_WORKERS + "]");
      }
      this.workers = workers;
      return this;
    }

    /**
     * Sets how long the first sample of a batch waits for further samples, from 0 to a day; default
     * 300 microseconds. With 0, requests are batched only if they arrive while another batch is
     * computed.
     *
     * @throws InvalidArgumentException if the window is negative or longer than a day
     */
    public Builder window(Duration window) {
      this.window = notNegative("window", window);
      return this;
    }

    /**
     * Sets how long a request may wait before its batch starts, up to a day; default 10 seconds.
     *
     * @throws InvalidArgumentException if the time is negative or longer than a day
     */
    public Builder queueTimeout(Duration queueTimeout) {
      this.queueTimeout = notNegative("queue timeout", queueTimeout);
      return this;
    }

    /** Sets the executor that completes futures. */
    Builder answering(Executor executor) {
      answering = executor;
      return this;
    }

    /** Sets the factory of worker threads. */
    Builder threads(ThreadFactory factory) {
      threads = factory;
      return this;
    }

    /** Returns whether this builder was created for {@code other}. */
    boolean isOf(Model other) {
      return model == other;
    }

    Builder statistics(BatchStatistics statistics) {
      this.statistics = statistics;
      return this;
    }

    private static int within(String what, int samples) {
      if (samples < 1 || samples > MOST) {
        throw new InvalidArgumentException(
            "serve: " + what + " " + samples + " is outside [1, " + MOST + "]");
      }
      return samples;
    }

    private static Duration notNegative(String what, Duration time) {
      Require.present("serve", what, time);
      if (time.isNegative() || time.compareTo(Duration.ofDays(1)) > 0) {
        throw new InvalidArgumentException(
            "serve: " + what + " " + time + " must be from 0 to 1 day");
      }
      return time;
    }

    /**
     * Builds the batching model and starts its worker threads.
     *
     * @throws InvalidArgumentException if the queue timeout is shorter than the window
     * @throws dev.quern.error.MemoryLimitException if the system cannot create all threads; threads
     *     already started are stopped
     */
    public BatchingModel build() {
      if (queueTimeout.compareTo(window) < 0) {
        throw new InvalidArgumentException(
            "serve: queue timeout " + queueTimeout + " is shorter than window " + window);
      }
      return new BatchingModel(this);
    }
  }

  /** Returns the model that computes the predictions; after {@link #replace}, the new model. */
  public Model model() {
    return current.get().model();
  }

  /** Returns the model's network. */
  public Network network() {
    return model().network();
  }

  /** Returns the number of samples in the queue, including those of replaced models. */
  public int waiting() {
    return current.waiting();
  }

  /**
   * Replaces the model without losing a request: the new model computes all requests that arrive
   * from now on, and the old model completes the requests that are already pending. Returns
   * immediately. The networks may differ; a request must match the network that computes it.
   *
   * <pre>{@code
   * serving.replace(Model.load(file)).thenAccept(Model::closeWhenFree);
   * }</pre>
   *
   * @param model the new model; the caller must close it after the batching model
   * @return a future of the old model, completed when no request uses that model any longer; the
   *     caller must close it
   * @throws InvalidArgumentException if {@code model} is already this batching model's model
   * @throws ClosedException if {@code model} or this batching model is closed; the old model then
   *     stays in use
   * @throws dev.quern.error.MemoryLimitException if the system cannot create all threads; the old
   *     model then stays in use
   */
  public CompletableFuture<Model> replace(Model model) {
    return current.replace(Require.present("serve", "model", model));
  }

  /**
   * Adds a receiver of this batching model's statistics. It remains after {@link #replace}.
   *
   * @param receiver the receiver; if it is added twice, it receives everything twice
   */
  public void addStatistics(BatchStatistics receiver) {
    statistics.add(Require.present("serve", "receiver", receiver));
  }

  /** Removes a receiver of statistics; does nothing if the receiver was not added. */
  public void removeStatistics(BatchStatistics receiver) {
    statistics.remove(Require.present("serve", "receiver", receiver));
  }

  /**
   * Computes the network's outputs for a batch of normalized inputs.
   *
   * @param inputs values {@code [N, ...]} for each of {@link Network#inputs()}, with N at least 1;
   *     must not be changed before the future completes
   * @return a future of values {@code [N, ...]} for each of {@link Network#outputs()}
   * @throws InvalidArgumentException if an input is missing or unknown
   * @throws ShapeException if shapes do not match
   * @throws OverloadedException if the queue is full
   * @throws ClosedException if this batching model is closed
   */
  public CompletableFuture<Map<String, TensorValues>> predict(Map<String, TensorValues> inputs) {
    return predict(inputs, queueTimeout);
  }

  /**
   * Computes the prediction for an image as {@link Model#predict(Image)} does. An exception of that
   * method completes the future exceptionally.
   *
   * @throws OverloadedException if the queue is full
   * @throws ClosedException if this batching model is closed
   */
  public CompletableFuture<Map<String, Prediction>> predict(Image image) {
    return predict(image, queueTimeout);
  }

  /**
   * Detects objects in an image as {@link Model#detect(Image)} does. An exception of that method
   * completes the future exceptionally.
   *
   * @throws OverloadedException if the queue is full
   * @throws ClosedException if this batching model is closed
   */
  public CompletableFuture<List<Detection>> detect(Image image) {
    return detect(image, queueTimeout);
  }

  CompletableFuture<Map<String, TensorValues>> predict(
      Map<String, TensorValues> inputs, long left) {
    return ask(network -> Question.OfTensors.of(network, inputs), left);
  }

  CompletableFuture<Map<String, Prediction>> predict(Image image, long left) {
    Question question = new Question.Predicted(Require.present("serve", "image", image));
    return ask(network -> question, left);
  }

  CompletableFuture<List<Detection>> detect(Image image, long left) {
    Question question = new Question.Searched(Require.present("serve", "image", image));
    return ask(network -> question, left);
  }

  /**
   * Queues a request; the kind of request determines the type of its result.
   *
   * @param question function from the model's network to the request
   * @param left nanoseconds until the caller's deadline; the queue timeout applies as well
   */
  @SuppressWarnings("unchecked")
  private <A> CompletableFuture<A> ask(Function<Network, Question> question, long left) {
    return (CompletableFuture<A>) current.ask(question, Math.min(queueTimeout, left));
  }

  /** Returns the size in bytes of the outputs, see {@link Batching#outputBytes(Map)}. */
  long outputBytes(Map<String, TensorValues> inputs) {
    return current.get().outputBytes(inputs);
  }

  /** Returns the size in bytes of the outputs, see {@link Batching#outputBytes(Image)}. */
  long outputBytes(Image image) {
    return current.get().outputBytes(image);
  }

  /**
   * Rejects new requests; pending requests are completed, then the threads stop. Returns
   * immediately.
   *
   * @param then action that runs after the threads have stopped
   */
  void end(Runnable then) {
    current.end(then);
  }

  /**
   * Waits until all threads have stopped and the futures of all requests are complete. Does not
   * wait for threads when called by one of them.
   *
   * @param until the deadline, as a time of {@link System#nanoTime}
   * @return false if the deadline passed first
   */
  boolean awaitEnd(long until) {
    return current.awaitEnd(until) && answers.await(until);
  }

  /**
   * Rejects new requests and completes pending ones; does not close the model. Waits at most ten
   * seconds; the remaining requests complete later, or fail with {@link DeadlineException} when
   * their queue timeout ends. Does not wait when called by a layer of this model.
   */
  @Override
  public void close() {
    end(own::shutdown);
    if (!awaitEnd(System.nanoTime() + DRAIN)) {
      Log.warn("serve: model " + network().name() + " is still computing after it was closed");
    }
  }
}
