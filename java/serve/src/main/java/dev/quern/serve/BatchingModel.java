package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.detect.Detection;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.io.file.Require;
import dev.quern.network.Network;
import dev.quern.predict.Answer;
import dev.quern.predict.Model;
import dev.quern.serve.http.Log;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A model that answers many callers: questions that arrive within a window, or while others are
 * computed, run as one batch. Answers have the bits that {@link Model} gives a sample alone. Any
 * number of threads may ask at once.
 *
 * <p>A question that finds no room throws {@link OverloadedException} right away. One that waits
 * longer than {@link Builder#patience} ends with {@link DeadlineException}. Whoever cancels a
 * future before its batch begins costs nothing.
 *
 * <pre>{@code
 * try (Model model = Model.load(file);
 *     BatchingModel serving = BatchingModel.builder(model).maxBatch(16).build()) {
 *   CompletableFuture<Map<String, Answer>> answer = serving.answer(image);
 * }
 * }</pre>
 */
public final class BatchingModel implements AutoCloseable {
  /** How long an end waits for what runs. */
  static final long DRAIN = TimeUnit.SECONDS.toNanos(10);

  /** Bytes that nobody has, of which a few make no overflow. */
  private static final long ENDLESS = 1L << 56;

  private final Model model;
  private final OutputSizes sizes;
  private final Batcher<Question> batcher;
  private final long patience;

  /** As many threads as callers block by what they do with answers. */
  private final ExecutorService own = Executors.newCachedThreadPool(BatchingModel::thread);

  private BatchingModel(Builder b) {
    model = b.model;
    sizes = new OutputSizes(model.network());
    patience = b.patience.toNanos();
    batcher =
        new Batcher<>(
            b.threads == null ? workers(model.network().name()) : b.threads,
            b.workers,
            Question::kind,
            Question::samples,
            new Answering(model)::answers,
            new WaitingLine<>(b.maxBatch, b.maxWaiting, b.window.toNanos()),
            b.answering == null ? own : b.answering,
            b.statistics);
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
   * Settings of one that batches for a model.
   *
   * @param model stays the caller's, and open as long as this
   */
  public static Builder builder(Model model) {
    return new Builder(Require.present("serve", "model", model));
  }

  /** Settings of a {@link BatchingModel}; of one thread. */
  public static final class Builder {
    private static final int MOST = 1 << 16;
    private static final int MOST_WORKERS = 64;

    private final Model model;
    private int maxBatch = 32;
    private int maxWaiting = 256;
    private int workers = 1;
    private Duration window = Duration.ofNanos(300_000);
    private Duration patience = Duration.ofSeconds(10);
    private BatchStatistics statistics = BatchStatistics.NONE;
    private @Nullable Executor answering;
    private @Nullable ThreadFactory threads;

    private Builder(Model model) {
      this.model = model;
    }

    /**
     * How many samples run together, from 1 to 65,536; default 32. 1 turns batching off. A question
     * of more samples runs alone.
     *
     * @throws InvalidArgumentException if it is outside
     */
    public Builder maxBatch(int samples) {
      maxBatch = within("max_batch", samples);
      return this;
    }

    /**
     * How many samples may wait, from 1 to 65,536; default 256. A question of more finds room where
     * nobody waits.
     *
     * @throws InvalidArgumentException if it is outside
     */
    public Builder maxWaiting(int samples) {
      maxWaiting = within("max_waiting", samples);
      return this;
    }

    /**
     * How many batches run at once, from 1 to 64; default 1. Those that do share the threads of
     * {@link dev.quern.engine.Engine}. As many workers as cores, with one thread in the engine,
     * answer most requests a second; one worker with all threads answers a single one soonest.
     *
     * @throws InvalidArgumentException if it is outside
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
     * How long the first sample of a batch waits for others, up to a day; default 300 microseconds.
     * Nothing for none: what arrives while a batch runs still runs together.
     *
     * @throws InvalidArgumentException if it is negative or longer
     */
    public Builder window(Duration window) {
      this.window = notNegative("window", window);
      return this;
    }

    /**
     * How long a question may wait until its batch begins, up to a day; default 10 seconds.
     *
     * @throws InvalidArgumentException if it is negative or longer
     */
    public Builder patience(Duration patience) {
      this.patience = notNegative("patience", patience);
      return this;
    }

    /** Completes futures where callers only wait for them. */
    Builder answering(Executor executor) {
      answering = executor;
      return this;
    }

    /** Makes the workers. */
    Builder threads(ThreadFactory factory) {
      threads = factory;
      return this;
    }

    /** Whether this is of that model. */
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
            "serve: " + what + " " + time + " is not between nothing and a day");
      }
      return time;
    }

    /**
     * Starts the threads that answer.
     *
     * @throws InvalidArgumentException if the patience is shorter than the window
     * @throws dev.quern.error.MemoryLimitException if the system grants too few threads; none stays
     */
    public BatchingModel build() {
      if (patience.compareTo(window) < 0) {
        throw new InvalidArgumentException(
            "serve: patience " + patience + " is shorter than window " + window);
      }
      return new BatchingModel(this);
    }
  }

  /** The model that answers. */
  public Model model() {
    return model;
  }

  /** The model's network. */
  public Network network() {
    return model.network();
  }

  /** How many samples wait just now. */
  public int waiting() {
    return batcher.waiting();
  }

  /**
   * The network's outputs for a batch of its inputs, already normalised.
   *
   * @param inputs for each of {@link Network#inputs()} {@code [N, ...]}, N at least 1; not to be
   *     changed before the answer is there
   * @return {@code [N, ...]} for each of {@link Network#outputs()}
   * @throws InvalidArgumentException if an input is missing or not the network's
   * @throws ShapeException if shapes do not fit
   * @throws OverloadedException if there is no room
   * @throws dev.quern.error.ClosedException if this is closed
   */
  public CompletableFuture<Map<String, TensorValues>> predict(Map<String, TensorValues> inputs) {
    return predict(inputs, patience);
  }

  /**
   * What the network says of a picture, as {@link Model#answer(Image)}, which also tells what is
   * refused, here by the future.
   *
   * @throws OverloadedException if there is no room
   * @throws dev.quern.error.ClosedException if this is closed
   */
  public CompletableFuture<Map<String, Answer>> answer(Image image) {
    return answer(image, patience);
  }

  /**
   * What is in a picture, as {@link Model#detect(Image)}, which also tells what is refused, here by
   * the future.
   *
   * @throws OverloadedException if there is no room
   * @throws dev.quern.error.ClosedException if this is closed
   */
  public CompletableFuture<List<Detection>> detect(Image image) {
    return detect(image, patience);
  }

  CompletableFuture<Map<String, TensorValues>> predict(
      Map<String, TensorValues> inputs, long left) {
    return ask(Question.OfTensors.of(network(), inputs), left);
  }

  CompletableFuture<Map<String, Answer>> answer(Image image, long left) {
    return ask(new Question.Answered(Require.present("serve", "image", image)), left);
  }

  CompletableFuture<List<Detection>> detect(Image image, long left) {
    return ask(new Question.Searched(Require.present("serve", "image", image)), left);
  }

  /**
   * The kind of question says what the answer is.
   *
   * @param left nanoseconds that the caller has; it waits no longer than the patience either
   */
  @SuppressWarnings("unchecked")
  private <A> CompletableFuture<A> ask(Question question, long left) {
    return (CompletableFuture<A>) batcher.ask(question, Math.min(patience, left));
  }

  /**
   * Bytes of the outputs for these inputs, known before they are computed; {@link #ENDLESS} where
   * they are more.
   *
   * @throws InvalidArgumentException if an input is missing or not the network's
   * @throws ShapeException if shapes do not fit
   */
  long outputBytes(Map<String, TensorValues> inputs) {
    Question.OfTensors question = Question.OfTensors.of(network(), inputs);
    Map<String, Shape> sample = new LinkedHashMap<>();
    question.inputs().forEach((name, values) -> sample.put(name, values.shape().sample()));
    return bytes(sizes.values(sample), question.samples());
  }

  /**
   * Bytes of the outputs for a picture, about: a side that follows the picture's ratio is taken to
   * be the picture's own. 0 where the network does not take it, which its answer says.
   */
  long outputBytes(Image image) {
    Map.Entry<String, Shape> input = network().inputs().entrySet().iterator().next();
    Shape sample = input.getValue();
    if (network().inputs().size() != 1 || sample.rank() != 3) {
      return 0;
    }
    if (sample.isFree()) {
      Size size = model.data().preprocessing().get(input.getKey()).size();
      long height = size == null ? image.height() : size.height();
      long width = size == null ? image.width() : size.width();
      sample =
          Shape.of(
              sample.dim(0),
              sample.isFree(1) ? height : sample.dim(1),
              sample.isFree(2) ? width : sample.dim(2));
    }
    try {
      return bytes(sizes.values(Map.of(input.getKey(), sample)), 1);
    } catch (InvalidArgumentException e) {
      return 0;
    }
  }

  private static long bytes(long values, int samples) {
    try {
      long bytes = Math.multiplyExact(Math.multiplyExact(values, samples), (long) Float.BYTES);
      return Math.min(bytes, ENDLESS);
    } catch (ArithmeticException e) {
      return ENDLESS;
    }
  }

  /**
   * Takes no more questions. Those that wait are answered, and then the threads end. Does not wait.
   *
   * @param then runs after that
   */
  void end(Runnable then) {
    batcher.end(then);
  }

  /**
   * Waits for the end of all threads, unless one of them calls this.
   *
   * @param until by {@link System#nanoTime}
   * @return false if a thread still runs, and is not the caller
   */
  boolean awaitEnd(long until) {
    return batcher.awaitEnd(until);
  }

  /**
   * Takes no more questions, and answers those that wait. The model stays open. Waits ten seconds
   * at most: where a layer takes longer, the rest is answered later, or ends with {@link
   * DeadlineException} at its patience. Called by a layer of this model, it does not wait.
   */
  @Override
  public void close() {
    batcher.end(own::shutdown);
    if (!batcher.awaitEnd(System.nanoTime() + DRAIN)) {
      Log.warn("serve: model " + network().name() + " still computes after its end");
    }
  }
}
